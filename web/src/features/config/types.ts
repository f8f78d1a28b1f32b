// The nouns of the configuration under short names, as the API has them.

export type ItemKind = 'jail' | 'filter' | 'action' | 'server'
export type ItemId = { kind: ItemKind; name: string }
export type BadgeWord = 'active' | 'inactive' | 'changed' | 'own' | 'broken' | 'editedOutside'
export type Severity = 'error' | 'warning' | 'info'
export type Finding = {
  severity: Severity
  source: 'rules' | 'client' | 'daemon' | 'samples'
  code: string
  detail: string
  item: ItemId | null
  option: string | null
  file: string | null
  line: number | null
  suggestion: string | null
}
export type ItemSummary = {
  id: ItemId
  badges: BadgeWord[]
  filter: string | null
  usedBy: string[]
  state: 'running' | 'idle' | 'stopped' | null
  problem: string | null
}
export type ItemList = { items: ItemSummary[]; findings: Finding[]; asOf: string }
export type SourceLine = { file: string; line: number; section: string }
export type Layer = { source: SourceLine; raw: string }
export type ItemOption = {
  name: string
  section: string
  value: string | null
  setAt: SourceLine | null
  raw: string | null
  overrides: Layer[]
  own: boolean
  byBangui: boolean
  running: string | null
  differs: boolean
}
export type Item = {
  summary: ItemSummary
  options: ItemOption[]
  files: string[]
  actions: ('enable' | 'disable' | 'delete')[]
  findings: Finding[]
  asOf: string
}
export type OptionKind =
  | { kind: 'boolean' | 'addresses' | 'paths' | 'regexes' | 'regex' | 'ports' | 'filter' | 'actions' }
  | { kind: 'command' | 'formula' | 'text' | 'lines' }
  | { kind: 'integer'; min: number | null; max: number | null }
  | { kind: 'duration'; permanent: boolean }
  | { kind: 'choice'; words: string[]; open: boolean }
export type OptionSpec = {
  name: string
  item: ItemKind
  section: string | null
  group: string
  value: OptionKind
  unit: string | null
  help: string
  default: string | null
  since: string | null
  privileged: boolean
}
export type ConfigFile = {
  path: string
  role: 'shipped' | 'local' | 'banGui'
  text: string
  sha256: string | null
  modifiedAt: string | null
  editable: boolean
  findings: Finding[]
}
export type Change =
  | { change: 'set'; item: ItemId; section: string | null; option: string; value: string }
  | { change: 'reset'; item: ItemId; section: string | null; option: string }
  | { change: 'setDefault'; option: string; value: string | null }
  | { change: 'enable'; jail: string; overrides: Record<string, string> }
  | { change: 'disable'; jail: string }
  | { change: 'createJail'; jail: string; options: Record<string, string> }
  | { change: 'createFile'; item: ItemId; text: string }
  | { change: 'delete'; item: ItemId }
  | { change: 'writeFile'; path: string; text: string; base: string | null }
  | { change: 'restore'; version: number }
export type FileBase = { path: string; sha256: string | null }
export type FileDiff = { path: string; before: string | null; after: string | null; diff: string }
export type Effect = { item: ItemId; option: string; before: string | null; after: string | null }
export type ReloadScope =
  | { scope: 'nothing' }
  | { scope: 'jails'; reload: string[]; start: string[]; stop: string[] }
  | { scope: 'all' }
export type Risk = 'actions' | 'allJails' | 'ignoresLess' | 'stricter' | 'remoteAccess' | 'commands' | 'daemon'
export type LogCheck = { jail: string; source: string; found: boolean; lines: number; matched: number }
export type Plan = {
  hash: string
  base: FileBase[]
  files: FileDiff[]
  effects: Effect[]
  findings: Finding[]
  reload: ReloadScope
  risks: Risk[]
  runsCommands: boolean
  logChecks: LogCheck[]
}
export type Step =
  | 'plan'
  | 'validate'
  | 'snapshot'
  | 'write'
  | 'reload'
  | 'verify'
  | 'record'
  | 'putBack'
  | 'reloadOld'
  | 'verifyOld'
export type StepState = { step: Step; beganAt: string; endedAt: string | null; failed: string | null }
export type UndoReport = { filesAreBack: boolean; jailsLost: string[]; problem: string | null }
export type ApplyReport = {
  version: number
  inForce: boolean
  failed: string | null
  undone: UndoReport | null
  confirmBy: string | null
  running: string[]
  steps: StepState[]
  findings: Finding[]
}
export type Author = { name: string | null; address: string | null }
export type Version = {
  id: number
  at: string
  author: Author
  note: string
  origin: 'first' | 'applied' | 'outside' | 'reverted' | 'recovered'
  outcome: 'inForce' | 'undone' | 'waitsForConfirmation' | 'reverted' | 'broken'
  changes: Change[]
  touched: string[]
  failed: string | null
  undone: UndoReport | null
}
export type ConfigState = {
  version: number | null
  changedOutside: string[]
  applying: { author: Author; hash: string; steps: StepState[] } | null
  pending: { version: number; author: Author; confirmBy: string } | null
  commandsForbidden: boolean
  readOnly: string | null
}
