import type { Schemas } from '@/api/client'

// The nouns of the configuration under short names, as the API has them.

export type ItemId = Schemas['ItemIdBody']
export type ItemKind = ItemId['kind']
export type Finding = Schemas['FindingBody']
export type Severity = Finding['severity']
export type ItemList = Schemas['ConfigItemsBody']
export type ItemSummary = ItemList['items'][number]
export type BadgeWord = ItemSummary['badges'][number]
export type Item = Schemas['ConfigItemBody']
export type ItemOption = Item['options'][number]
export type SourceLine = NonNullable<ItemOption['setAt']>
export type Layer = ItemOption['overrides'][number]
export type OptionSpec = Schemas['OptionSpecsBody']['items'][number] & {
  /** The language of its help, where that is not the page's. */
  helpLang?: string
}
export type OptionKind = OptionSpec['value']
export type ConfigFile = Schemas['ConfigFileBody']
export type Change = Schemas['ConfigChange']
export type Plan = Schemas['ConfigPlanBody']
export type FileDiff = Schemas['FileDiffBody']
export type Effect = Plan['effects'][number]
export type ReloadScope = Plan['reload']
export type Risk = Plan['risks'][number]
export type LogCheck = Plan['logChecks'][number]
export type ApplyOrder = Schemas['ApplyRequest']
export type ApplyReport = Schemas['ApplyReportBody']
export type StepState = ApplyReport['steps'][number]
export type Step = StepState['step']
export type Version = Schemas['VersionBody']
export type VersionPage = Schemas['VersionPageBody']
export type ConfigState = Schemas['ConfigStateBody']
