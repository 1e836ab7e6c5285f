import { keepForOffline } from './offline/register.ts'
import './studio-app.ts'

keepForOffline()
