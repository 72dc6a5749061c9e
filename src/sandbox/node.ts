export { type StateFile, stateFile } from './stateFile.ts'
