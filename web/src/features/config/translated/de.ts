import { FAILURES } from './failures.de'
import { FINDINGS } from './findings.de'
import { HELP, UNITS } from './help.de'
import type { Words } from './words'

export const words: Words = { help: HELP, units: UNITS, findings: FINDINGS, failures: FAILURES }
