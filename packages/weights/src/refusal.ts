/** Ends the reading of a file with an InputError that names the file, its format and the reason. */
export type Refuse = (reason: string) => never
