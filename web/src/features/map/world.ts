import { geoNaturalEarth1, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import world from './world.json'

export const WIDTH = 960
export const HEIGHT = 470

export type Outline = {
  /** Two letters; none for land that no registry has a code for. */ code: string | undefined
  path: string
}
export type Place = { x: number; y: number }

const topology = world as unknown as Topology<{ countries: GeometryCollection }>
const countries = feature(topology, topology.objects.countries)
const shapes = countries.features

const EDGE = 4
const projection = geoNaturalEarth1().fitExtent(
  [
    [EDGE, EDGE],
    [WIDTH - EDGE, HEIGHT - EDGE],
  ],
  countries,
)
const path = geoPath(projection).digits(1)

export const OUTLINES: readonly Outline[] = shapes.map((shape) => ({
  code: shape.id === undefined ? undefined : String(shape.id),
  path: path(shape) ?? '',
}))

/** Countries that would be under a pixel: they are shown as a dot where they are. */
export const DOTS: ReadonlyMap<string, Place> = new Map(
  Object.entries(world.dots as unknown as Record<string, [number, number]>).flatMap(([code, at]) => {
    const point = projection(at)
    return point ? [[code, { x: point[0], y: point[1] }] as const] : []
  }),
)

/** Where a country is, for moving by arrow keys: the middle of its largest part, since islands far away would drag it into the sea. */
export const MIDDLES: ReadonlyMap<string, Place> = new Map([
  ...shapes.flatMap((shape) => {
    if (shape.id === undefined) return []
    const { geometry } = shape
    const parts =
      geometry.type === 'MultiPolygon'
        ? geometry.coordinates.map((coordinates) => ({ type: 'Polygon' as const, coordinates }))
        : [geometry]
    const largest = parts.reduce((most, part) => (path.area(part) > path.area(most) ? part : most))
    const [x, y] = path.centroid(largest)
    return [[String(shape.id), { x, y }] as const]
  }),
  ...DOTS,
])

/** Registries count these apart; on a map of the world they are drawn as part of France. */
const PART_OF: Record<string, string> = { GF: 'FR', GP: 'FR', MQ: 'FR', RE: 'FR', YT: 'FR' }

/** The country under whose outline a code is drawn; `undefined` when the map has no place for it. */
export function drawnAs(code: string): string | undefined {
  const found = PART_OF[code] ?? code
  return MIDDLES.has(found) ? found : undefined
}
