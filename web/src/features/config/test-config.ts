import type {
  ConfigFile,
  ConfigState,
  Finding,
  Item,
  ItemList,
  ItemOption,
  ItemSummary,
  OptionSpec,
  Plan,
  Version,
} from './types'

// The configuration as the API tells it, for tests.

export function option(change: Partial<ItemOption> = {}): ItemOption {
  return {
    name: 'maxretry',
    section: 'sshd',
    value: '5',
    setAt: { file: 'jail.conf', line: 118, section: 'DEFAULT' },
    raw: '5',
    overrides: [],
    own: false,
    byBangui: false,
    running: '5',
    differs: false,
    hidden: false,
    ...change,
  }
}

export function spec(change: Partial<OptionSpec> = {}): OptionSpec {
  return {
    name: 'maxretry',
    item: 'jail',
    section: null,
    group: 'detection',
    value: { kind: 'integer', min: 1, max: null },
    unit: null,
    help: 'So many failures lead to a ban.',
    default: '5',
    since: null,
    privileged: false,
    ...change,
  }
}

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    severity: 'error',
    source: 'rules',
    code: 'bad-value',
    detail: 'This is not a number.',
    item: null,
    option: null,
    file: null,
    line: null,
    suggestion: null,
    ...change,
  }
}

export function summary(change: Partial<ItemSummary> = {}): ItemSummary {
  return {
    id: { kind: 'jail', name: 'sshd' },
    badges: ['active'],
    filter: 'sshd',
    usedBy: [],
    state: 'running',
    problem: null,
    ...change,
  }
}

export function itemList(items: ItemSummary[], findings: Finding[] = []): ItemList {
  return { items, findings, asOf: new Date().toISOString() }
}

export function item(change: Partial<Item> = {}): Item {
  return {
    summary: summary(),
    options: [option()],
    files: ['jail.conf', 'jail.d/zz-bangui.local'],
    actions: ['disable'],
    findings: [],
    asOf: new Date().toISOString(),
    ...change,
  }
}

export function configFile(change: Partial<ConfigFile> = {}): ConfigFile {
  return {
    path: 'jail.conf',
    role: 'shipped',
    text: '[DEFAULT]\nmaxretry = 5\n',
    sha256: 'a'.repeat(64),
    modifiedAt: '2026-01-01T00:00:00Z',
    editable: false,
    findings: [],
    ...change,
  }
}

export function configState(change: Partial<ConfigState> = {}): ConfigState {
  return {
    version: 7,
    changedOutside: [],
    applying: null,
    pending: null,
    confirmWithinSeconds: 120,
    commandsForbidden: false,
    readOnly: null,
    asOf: new Date().toISOString(),
    ...change,
  }
}

export function plan(change: Partial<Plan> = {}): Plan {
  return {
    hash: 'b'.repeat(64),
    base: [{ path: 'jail.d/zz-bangui.local', sha256: null }],
    files: [
      {
        path: 'jail.d/zz-bangui.local',
        before: null,
        after: '[sshd]\nmaxretry = 3\n',
        diff: '--- /dev/null\n+++ b/jail.d/zz-bangui.local\n@@ -0,0 +1,2 @@\n+[sshd]\n+maxretry = 3\n',
      },
    ],
    effects: [{ item: { kind: 'jail', name: 'sshd' }, option: 'maxretry', before: '5', after: '3' }],
    findings: [],
    reload: { settings: false, reload: ['sshd'], restart: [], restartEndsBans: false, start: [], stop: [] },
    risks: [],
    runsCommands: false,
    logChecks: [],
    applicable: true,
    ...change,
  }
}

export function version(change: Partial<Version> = {}): Version {
  return {
    id: 7,
    at: new Date(Date.now() - 60_000).toISOString(),
    author: { name: 'admin', address: '192.0.2.10' },
    note: '',
    origin: 'applied',
    outcome: 'inForce',
    changes: [],
    touched: ['jail.d/zz-bangui.local'],
    failed: null,
    undone: null,
    confirmed: null,
    finishedAtStart: false,
    files: [],
    ...change,
  }
}
