// The lab and the server as separate processes: real programs, started and ended by process id, all files below one temporary folder.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { until } from './until.mjs'

const run = promisify(execFile)
const BIN = resolve(import.meta.dirname, process.env.BANGUI_TEST_BINARY ?? '../../target/release/bangui')

/** Starts a program and collects what it prints. */
function start(args, env = {}) {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BANGUI_')))
  const child = spawn(BIN, args, { env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const program = { child, out: '', log: '', ended: false }
  child.stdout.on('data', (data) => { program.out += data })
  child.stderr.on('data', (data) => { program.log += data })
  program.exit = new Promise((done) => child.on('exit', (code) => { program.ended = true; done(code) }))
  return program
}

/** Waits until a program has printed what `pattern` matches, and returns the match. */
function printed(program, pattern) {
  return until(`${BIN} prints ${pattern}`, () => {
    if (program.ended) throw new Error(`it ended:\n${program.out}${program.log}`)
    return program.out.match(pattern)
  })
}

async function stop(program) {
  if (!program.ended) program.child.kill('SIGTERM')
  return program.exit
}

/** A lab in a folder of its own. `rate` is log lines a second; 0 is silent. */
export async function startLab({ rate = 0, seed = 7, bantime = 600, root = process.env.BANGUI_TEST_FAIL2BAN_ROOT } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-e2e-lab-'))
  const args = ['lab', '--folder', folder, '--rate', String(rate), '--seed', String(seed), '--bantime', String(bantime), '--enforcement', 'none']
  const program = start(root ? [...args, '--fail2ban-root', root] : args)
  const [, socket] = await printed(program, /socket +(\S+)/)
  const [, client] = await printed(program, /ask it +(\S+) -s/)
  const [, logFile] = await printed(program, /log +(\S+)/)
  await printed(program, /Ctrl-C/)
  const daemon = daemonIn(folder, socket, client)
  return {
    ...daemon, logFile, program,
    async killDaemon() { process.kill(await daemon.pid(), 'SIGKILL') },
    startDaemon() { program.child.kill('SIGHUP') },
    async stop() {
      await stop(program)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The daemon of a lab, as its own client knows it. */
function daemonIn(folder, socket, client) {
  const daemon = {
    folder, socket, client,
    /** Asks fail2ban's own client. */
    async ask(...words) {
      const { stdout } = await run(client, ['-s', socket, ...words])
      return stdout
    },
    /** Whether fail2ban's own client says that a jail holds an address. */
    async bans(jail, address) {
      return (await daemon.ask('get', jail, 'banip')).split(/\s+/).includes(address)
    },
    async pid() { return Number(await readFile(join(folder, 'fail2ban.pid'), 'utf8')) },
  }
  return daemon
}

/** A server over a lab, with a database of its own. */
export async function startServer(lab, env = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-e2e-'))
  const serve = async (listen, more) => {
    const program = start(['serve', '--listen', listen, '--data-dir', folder], {
      BANGUI_FAIL2BAN_SOCKET: lab.socket,
      BANGUI_FAIL2BAN_CONFIG: join(lab.folder, 'etc'),
      BANGUI_FAIL2BAN_CLIENT: lab.client,
      // What a server blocks that is not in a lab's namespace, it blocks on this machine.
      BANGUI_FIREWALL: 'off',
      BANGUI_POLL_INTERVAL_MS: '500',
      BANGUI_LOG: 'debug',
      ...env,
      ...more,
    })
    const [, url] = await printed(program, /BanGUI is at (\S+)/)
    return { program, url }
  }
  const first = await serve('127.0.0.1:0', {})
  const server = {
    url: first.url, program: first.program, folder,
    /** Ends it as the kernel does: nothing is flushed, nothing is told. */
    async kill() {
      server.program.child.kill('SIGKILL')
      await server.program.exit
    },
    /** Starts it on what it has left, at the same address. */
    async startAgain(more = {}) {
      const again = await serve(new URL(server.url).host, more)
      server.program = again.program
    },
    async stop() {
      const code = await stop(server.program)
      await rm(folder, { recursive: true, force: true })
      return code
    },
  }
  return server
}

/** A server with a lab of its own, whose bans and whose table are in the lab's network namespace. Needs to be root. */
export async function startServerWithLab(env = {}) {
  const [folder, data] = await Promise.all(['bangui-e2e-lab-', 'bangui-e2e-'].map((name) => mkdtemp(join(tmpdir(), name))))
  const program = start(
    ['serve', '--listen', '127.0.0.1:0', '--data-dir', data, '--lab', 'always', '--folder', folder, '--rate', '0', '--enforcement', 'namespace'],
    { BANGUI_POLL_INTERVAL_MS: '500', BANGUI_LOG: 'debug', ...env },
  )
  const [, url] = await printed(program, /BanGUI is at (\S+)/)
  const daemon = daemonIn(folder, join(folder, 'fail2ban.sock'), join(folder, 'fail2ban-client'))
  return {
    url, program, lab: daemon,
    /** The file of the lab's network namespace, in which the daemon is. */
    namespace: `/proc/${await daemon.pid()}/ns/net`,
    async stop() {
      const code = await stop(program)
      await Promise.all([folder, data].map((one) => rm(one, { recursive: true, force: true })))
      return code
    },
  }
}
