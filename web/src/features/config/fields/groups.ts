import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** Titles of the groups that options stand in. A group that is not here is shown by its own word. */
export const GROUP_TITLES: Record<string, MessageDescriptor> = {
  general: msg`In general`,
  sources: msg`What it reads`,
  detection: msg`What counts as a failure`,
  banning: msg`How long a ban lasts`,
  increment: msg`How bans grow`,
  ignore: msg`Who is never banned`,
  actions: msg`What a ban does`,
  mail: msg`Mails`,
  commands: msg`Commands that run as root`,
  logging: msg`Log`,
  database: msg`Database`,
  advanced: msg`Seldom needed`,
  other: msg`Without a description`,
}
