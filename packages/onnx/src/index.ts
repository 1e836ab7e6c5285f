export { exportOnnx, type OnnxExport } from './export-onnx.ts'
