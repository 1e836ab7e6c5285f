/** The program and its version, as traces say it. */
export const PROGRAM = '@noisescope/viewer 0.1.0'
