// Whoever offers a list: a server on loopback, whose text a test may change.
import { once } from 'node:events'
import { createServer } from 'node:http'

export async function startListServer(text) {
  const list = { text, asked: 0 }
  const server = createServer((request, answer) => {
    list.asked += 1
    answer.writeHead(200, { 'content-type': 'text/plain' }).end(list.text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${server.address().port}`
  return Object.assign(list, {
    host,
    url: `http://${host}/attackers.txt`,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  })
}
