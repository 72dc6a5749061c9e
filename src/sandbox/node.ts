export { stateFile } from './stateFile.ts'
