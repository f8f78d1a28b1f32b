// Checks what `npm run build` has made against the budgets: gzip sizes, requests of the first load, and no inline code.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const KB = 1000
const BUDGET = { entry: 130 * KB, css: 10 * KB, chunk: 60 * KB, editor: 110 * KB, first: 150 * KB, requests: 12 }

const dist = process.argv[2] ?? new URL('../dist/', import.meta.url).pathname
const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
const html = readFileSync(join(dist, 'index.html'), 'utf8')
const files = readdirSync(join(dist, 'assets')).map((file) => `assets/${file}`)
const linked = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1])

/** What a script imports statically, and so is part of the same load. */
function withImports(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  if (!file.endsWith('.js')) return seen
  const code = readFileSync(join(dist, file), 'utf8')
  for (const match of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
    withImports(`assets/${match[1]}`, seen)
  return seen
}

const sum = (set) => [...set].reduce((total, file) => total + size(file), 0)
// Said, not limited: browsers take brotli over TLS only, and BanGUI is often served over plain HTTP.
const brotli = (set) =>
  [...set].reduce((total, file) => total + brotliCompressSync(readFileSync(join(dist, file))).length, 0)
const faults = []
function check(what, value, limit, unit = 'kB') {
  const shown = unit === 'kB' ? `${(value / KB).toFixed(1)} of ${limit / KB} kB` : `${value} of ${limit}`
  console.log(`${value <= limit ? 'ok  ' : 'OVER'} ${what}: ${shown}`)
  if (value > limit) faults.push(what)
}

const entry = new Set()
for (const file of linked.filter((name) => name.endsWith('.js'))) withImports(file, entry)
check('entry scripts', sum(entry), BUDGET.entry)
check('style sheets', sum(new Set(files.filter((file) => file.endsWith('.css')))), BUDGET.css)

const find = (name) => files.find((file) => new RegExp(`^assets/${name}-[^/]+\\.js$`).test(file))
// The first load is the page that `/` leads to: entry, the longest language, that page's chunk, style, favicon, document, questions.
// The same with a sign-in before it, which is in the entry; bench/page.mjs measures that in a browser.
const first = new Set([...entry, ...linked])
for (const name of ['catalogue.de', 'OverviewPage']) {
  const file = find(name)
  if (!file) faults.push(`no chunk ${name}`)
  else withImports(file, first)
}
const QUESTIONS = 3
check('first load', sum(first) + size('index.html'), BUDGET.first)
console.log(`     first load with brotli: ${((brotli(first) + size('index.html')) / KB).toFixed(1)} kB`)
check('requests of the first load', first.size + 1 + QUESTIONS, BUDGET.requests, '')

for (const file of files.filter((name) => name.endsWith('.js') && !entry.has(name))) {
  const own = [...withImports(file)].filter((name) => !entry.has(name))
  // The editor of files is one library, and comes only when somebody opens a file.
  check(`chunk ${file.slice(7)}`, sum(new Set(own)), file.startsWith('assets/Editor-') ? BUDGET.editor : BUDGET.chunk)
}

if (/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/i.test(html)) faults.push('inline code in index.html')
if (files.some((file) => file.endsWith('.map'))) faults.push('source maps in dist')
if (files.some((file) => !/-[\w-]{6,}\.\w+$/.test(file))) faults.push('a file without a hash in its name')

if (faults.length > 0) {
  console.error(`over budget: ${faults.join(', ')}`)
  process.exit(1)
}
