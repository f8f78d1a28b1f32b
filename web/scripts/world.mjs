// Makes the map's outlines: Natural Earth's countries at 1:50 million (1:110 million lacks Singapore, Hong Kong and others), simplified
// and rounded until they fit a phone's first visit. Run it after an update of `world-atlas`.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { brotliCompressSync } from 'node:zlib'
import { geoArea, geoCentroid } from 'd3-geo'
import { feature } from 'topojson-client'
import { topology } from 'topojson-server'
import { presimplify, simplify } from 'topojson-simplify'

const LIMIT = 35_000
// A corner stays when it spans at least this many square degrees.
const CORNER = 0.03
const STEPS = 2_000
// In steradians; on a map 960 wide that is about four square pixels.
const DOT = 1e-4

const require = createRequire(import.meta.url)
const codes = new Map(require('i18n-iso-countries/codes.json').map(([alpha2, , numeric]) => [numeric, alpha2]))
// Natural Earth gives these no number. Northern Cyprus and Somaliland belong to whom the registries count their addresses.
const UNNUMBERED = { Kosovo: 'XK', 'N. Cyprus': 'CY', Somaliland: 'SO' }

const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/countries-50m.json'), 'utf8'))
const countries = feature(atlas, atlas.objects.countries).features
const round = (value) => Math.round(value * 10) / 10

const shapes = []
const dots = {}
for (const country of countries) {
  const code = codes.get(country.id) ?? UNNUMBERED[country.properties.name]
  // Antarctica takes a fifth of the picture and bans nobody.
  if (code === 'AQ') continue
  if (code && geoArea(country) < DOT) dots[code] = geoCentroid(country).map(round)
  else shapes.push({ type: 'Feature', id: code, properties: {}, geometry: country.geometry })
}

const full = presimplify(topology({ countries: { type: 'FeatureCollection', features: shapes } }))
const coarse = simplify(full, CORNER)
const smaller = feature(coarse, coarse.objects.countries)
for (const shape of smaller.features) shape.geometry = withoutCrumbs(shape.geometry)
// What is a country of its own as an outline needs no dot for an outlying island.
for (const { id } of shapes) delete dots[id]
const world = topology({ countries: { type: 'FeatureCollection', features: smaller.features } }, STEPS)
delete world.bbox

/** Islands that simplification has left with no area. */
function withoutCrumbs(geometry) {
  if (geometry?.type !== 'MultiPolygon') return geometry
  const parts = geometry.coordinates.filter(([ring]) => new Set(ring.map((point) => point.join())).size > 2)
  return { type: 'MultiPolygon', coordinates: parts.length > 0 ? parts : geometry.coordinates.slice(0, 1) }
}

const text = `${JSON.stringify({ ...world, dots })}\n`
const target = new URL('../src/features/map/world.json', import.meta.url)
writeFileSync(target, text)
const size = brotliCompressSync(text).length
console.log(`world.json: ${shapes.length} outlines, ${Object.keys(dots).length} dots, ${size} bytes compressed`)
if (size > LIMIT) {
  console.error(`over its limit of ${LIMIT} bytes`)
  process.exit(1)
}
