// Somebody outside: a network namespace with a cable to the lab's, from which real packets come.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The lab's end of the cable, and the port on which somebody listens there. */
const LAB = '203.0.113.1'
const PORT = 22
/** Packets through a virtual cable take microseconds; whoever has no answer after that many milliseconds gets none. */
const SILENCE_MS = 700

/** Listens until its input ends. */
const LISTEN = `
  require('node:net').createServer((socket) => socket.destroy()).listen(${PORT}, '${LAB}', () => console.log('listens'))
  process.stdin.resume().on('end', () => process.exit())`

/** Says whether a connection from an address comes about. */
const CONNECT = `
  const socket = require('node:net').connect({ port: ${PORT}, host: '${LAB}', localAddress: process.argv[1] })
  const tell = (what) => { console.log(what); process.exit() }
  socket.on('connect', () => tell('through')).on('error', ({ code }) => tell(code))
  setTimeout(() => tell('silence'), ${SILENCE_MS})`

const inside = (namespace, ...words) => run('nsenter', [`--net=${namespace}`, '--', ...words])

/** Starts what says a line when it is ready and ends with its input. */
async function hold(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(([code]) => { throw new Error(`${program} ended with ${code}`) })])
  return {
    pid: child.pid,
    async end() {
      const gone = once(child, 'exit')
      child.stdin.end()
      await gone
    },
  }
}

/** Lays the cable. `addresses` are those from which packets may come; each is a machine of the internet to the lab. */
export async function startOutside(namespace, addresses) {
  const holder = await hold('unshare', ['--net', '--', 'sh', '-c', 'ip link set lo up && echo ready && read -r _'])
  const own = `/proc/${holder.pid}/ns/net`
  await inside(namespace, 'ip', 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', String(holder.pid))
  await inside(namespace, 'ip', 'address', 'add', `${LAB}/32`, 'dev', 'cable')
  await inside(namespace, 'ip', 'link', 'set', 'cable', 'up')
  await inside(own, 'ip', 'link', 'set', 'cable', 'up')
  await inside(own, 'ip', 'route', 'add', `${LAB}/32`, 'dev', 'cable')
  for (const address of addresses) {
    await inside(own, 'ip', 'address', 'add', `${address}/32`, 'dev', 'cable')
    await inside(namespace, 'ip', 'route', 'add', `${address}/32`, 'dev', 'cable')
  }
  const listener = await hold('nsenter', [`--net=${namespace}`, '--', process.execPath, '-e', LISTEN])
  return {
    /** Whether a new connection from an address reaches the lab. */
    async reaches(address) {
      const { stdout } = await inside(own, process.execPath, '-e', CONNECT, address)
      return stdout.trim() === 'through'
    },
    /** Runs nft in the lab's namespace, as somebody does by hand. */
    async nft(...words) {
      return (await inside(namespace, 'nft', ...words)).stdout
    },
    async stop() {
      await listener.end()
      await holder.end()
    },
  }
}
