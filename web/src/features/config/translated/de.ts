import { FINDINGS } from './findings.de'
import { HELP, UNITS } from './help.de'
import { PROBLEMS } from './problems.de'
import type { Words } from './words'

export const words: Words = { help: HELP, units: UNITS, findings: FINDINGS, problems: PROBLEMS }
