/** The program and its version, as files that it writes say it. */
export const PROGRAM = '@noisescope/studio 0.1.0'
