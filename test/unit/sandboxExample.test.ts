// docs/sandbox.md: the example for Vitest is this file's test.
import 'example:Vitest'
