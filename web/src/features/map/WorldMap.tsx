import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Button } from '@/components/Button'
import { useCountryName } from '@/components/Country'
import { Icon } from '@/components/Icon'
import { formatNumber } from '@/lib/format'
import { scaleColour, stepOf } from '@/lib/scale'
import type { Drawn } from './counts'
import { type Direction, neighbour } from './neighbour'
import { moved, showing, type View, WHOLE, zoomed } from './view'
import { DOTS, HEIGHT, MIDDLES, OUTLINES, WIDTH } from './world'

const FACTOR = 1.6
const DOT = 3.2
const ARROWS = new Set<string>(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])

type WorldMapProps = {
  drawn: ReadonlyMap<string, Drawn>
  thresholds: readonly number[]
  selected: ReadonlySet<string>
  /** A country was chosen; `add` keeps what was selected before. */
  onToggle: (country: Drawn, add: boolean) => void
  onClear: () => void
}

/** The world, coloured by bans. A list of countries to a screen reader: arrows move, Enter selects. */
export function WorldMap({ drawn, thresholds, selected, onToggle, onClear }: WorldMapProps) {
  const { t } = useLingui()
  const id = useId()
  const svg = useRef<SVGSVGElement>(null)
  const [view, setView] = useState<View>(WHOLE)
  const [at, setAt] = useState<string | null>(null)
  const [keyed, setKeyed] = useState(false)
  const drag = usePan(svg, view, setView)
  useWheel(svg, setView)
  const active = at ? drawn.get(at) : undefined
  const steps = thresholds.length

  function move(direction: Direction) {
    const here = at ? MIDDLES.get(at) : undefined
    const from = here ?? { x: WIDTH / 2, y: HEIGHT / 3 }
    const places = [...drawn.keys()].flatMap((code) => {
      const place = MIDDLES.get(code)
      return place && code !== at ? [[code, place] as const] : []
    })
    const to = neighbour(from, direction, places)
    const place = to ? MIDDLES.get(to) : undefined
    if (!to || !place) return
    setAt(to)
    setView((now) => showing(now, place))
  }

  function onKeyDown(event: KeyboardEvent) {
    setKeyed(true)
    if (ARROWS.has(event.key)) {
      const direction = event.key as Direction
      if (event.shiftKey) {
        const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[direction]
        setView((now) => moved(now, (dx ?? 0) / 4, (dy ?? 0) / 4))
      } else move(direction)
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (active) onToggle(active, true)
    } else if (event.key === '+' || event.key === '=') setView((now) => zoomed(now, FACTOR, shareOf(now, active)))
    else if (event.key === '-') setView((now) => zoomed(now, 1 / FACTOR, shareOf(now, active)))
    else if (event.key === '0') setView(WHOLE)
    else if (event.key === 'Escape' && selected.size > 0) onClear()
    else return
    event.preventDefault()
  }

  const shape = (code: string | undefined) => {
    const country = code ? drawn.get(code) : undefined
    return {
      fill: scaleColour(country ? stepOf(country.bans, thresholds) : 0, steps) ?? 'var(--land)',
      country,
      chosen: country?.codes.some((one) => selected.has(one)) ?? false,
    }
  }
  const hover = (code: string | undefined) => (code && drawn.has(code) ? code : null)

  return (
    <div className="relative">
      <svg
        ref={svg}
        viewBox={`${view.x} ${view.y} ${WIDTH / view.scale} ${HEIGHT / view.scale}`}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the shapes are what is chosen from.
        role="listbox"
        aria-multiselectable="true"
        aria-label={t`Countries by bans. Arrow keys move, Enter selects, plus and minus zoom.`}
        aria-activedescendant={active ? `${id}-${active.code}` : undefined}
        tabIndex={0}
        className="block h-auto w-full touch-pan-y select-none"
        style={{ aspectRatio: `${WIDTH} / ${HEIGHT}`, cursor: view.scale > 1 ? 'grab' : undefined }}
        onKeyDown={onKeyDown}
        onPointerMove={() => setKeyed(false)}
        onPointerLeave={() => setAt(null)}
        {...drag.handlers}
      >
        {OUTLINES.map((outline, index) => {
          const { fill, country, chosen } = shape(outline.code)
          return (
            <Shape
              // biome-ignore lint/suspicious/noArrayIndexKey: the outlines never change.
              key={index}
              id={country ? `${id}-${outline.code}` : undefined}
              country={country}
              chosen={chosen}
              active={active !== undefined && outline.code === active.code}
              onEnter={() => setAt(hover(outline.code))}
              onChoose={(add) => country && !drag.moved() && onToggle(country, add)}
            >
              <path d={outline.path} fill={fill} vectorEffect="non-scaling-stroke" />
            </Shape>
          )
        })}
        {[...DOTS].map(([code, place]) => {
          const { fill, country, chosen } = shape(code)
          if (!country) return null
          return (
            <Shape
              key={code}
              id={`${id}-${code}`}
              country={country}
              chosen={chosen}
              active={code === active?.code}
              onEnter={() => setAt(hover(code))}
              onChoose={(add) => !drag.moved() && onToggle(country, add)}
            >
              <circle
                cx={place.x}
                cy={place.y}
                r={DOT / Math.sqrt(view.scale)}
                fill={fill}
                vectorEffect="non-scaling-stroke"
              />
            </Shape>
          )
        })}
      </svg>
      <div className="absolute right-2 bottom-2 flex flex-col gap-1">
        <Button square size="sm" aria-label={t`Zoom in`} onClick={() => setView((now) => zoomed(now, FACTOR))}>
          <Icon name="plus" />
        </Button>
        <Button
          square
          size="sm"
          aria-label={t`Zoom out`}
          disabled={view.scale <= 1}
          onClick={() => setView((now) => zoomed(now, 1 / FACTOR))}
        >
          <Icon name="minus" />
        </Button>
        <Button
          square
          size="sm"
          aria-label={t`The whole world`}
          disabled={view.scale <= 1}
          onClick={() => setView(WHOLE)}
        >
          <Icon name="refresh" />
        </Button>
      </div>
      {active ? <Tooltip country={active} view={view} keyed={keyed} /> : null}
      <p className="px-3 pb-1 text-xs text-muted max-sm:hidden">
        <Trans>Click selects, with Ctrl several. The wheel zooms, dragging moves.</Trans>
      </p>
    </div>
  )
}

/** Where a country lies in what is seen, so that keys zoom about it; the middle without one. */
function shareOf(view: View, country: Drawn | undefined): { x: number; y: number } | undefined {
  const place = country && MIDDLES.get(country.code)
  return place && { x: ((place.x - view.x) * view.scale) / WIDTH, y: ((place.y - view.y) * view.scale) / HEIGHT }
}

type ShapeProps = {
  id: string | undefined
  country: Drawn | undefined
  chosen: boolean
  active: boolean
  onEnter: () => void
  onChoose: (add: boolean) => void
  children: ReactNode
}

/** A country with bans is an option of the list; land without any is only land. */
function Shape({ id, country, chosen, active, onEnter, onChoose, children }: ShapeProps) {
  const { i18n } = useLingui()
  const name = useCountryName()
  const edge = active || chosen ? 'var(--fg)' : 'var(--surface)'
  const common = { stroke: edge, strokeWidth: active ? 1.6 : chosen ? 1.2 : 0.5, onPointerEnter: onEnter }
  if (!country) {
    return (
      // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it hears the pointer only to end the tooltip of a neighbour.
      <g role="presentation" {...common}>
        {children}
      </g>
    )
  }
  return (
    <g
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      aria-label={`${name(country.code)}: ${formatNumber(i18n.locale, country.bans)}`}
      className="cursor-pointer outline-none"
      onClick={(event) => onChoose(event.ctrlKey || event.metaKey || event.shiftKey)}
      {...common}
    >
      {children}
    </g>
  )
}

/** Beside the country, and away from the edge that it is near to. */
function Tooltip({ country, view, keyed }: { country: Drawn; view: View; keyed: boolean }) {
  const name = useCountryName()
  const place = MIDDLES.get(country.code)
  if (!place) return null
  const left = ((place.x - view.x) / (WIDTH / view.scale)) * 100
  const top = ((place.y - view.y) / (HEIGHT / view.scale)) * 100
  if (!keyed && (left < 0 || left > 100 || top < 0 || top > 100)) return null
  return (
    <div
      className="pointer-events-none absolute z-10 rounded-md border border-edge bg-surface px-2 py-1 text-sm whitespace-nowrap"
      style={{
        left: `${left}%`,
        top: `${top}%`,
        transform: `translate(${left > 60 ? 'calc(-100% - 10px)' : '10px'}, ${top > 60 ? '-110%' : '10%'})`,
      }}
    >
      <span className="font-medium">{name(country.code)}</span>{' '}
      <Plural value={country.bans} one="# ban" other="# bans" />
      {country.codes.length > 1 ? <span className="text-xs text-muted"> ({country.codes.join(', ')})</span> : null}
    </div>
  )
}

/** Dragging moves the map, once it is magnified; a drag is no click. */
function usePan(svg: { current: SVGSVGElement | null }, view: View, setView: (change: (now: View) => View) => void) {
  const last = useRef<{ x: number; y: number } | null>(null)
  const way = useRef(0)
  return {
    moved: () => way.current > 4,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        way.current = 0
        if (view.scale > 1 && event.button === 0) last.current = { x: event.clientX, y: event.clientY }
      },
      onPointerMoveCapture: (event: PointerEvent) => {
        const from = last.current
        const box = svg.current?.getBoundingClientRect()
        if (!from || !box || event.buttons === 0) return
        const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
        way.current += Math.abs(dx) + Math.abs(dy)
        last.current = { x: event.clientX, y: event.clientY }
        setView((now) => moved(now, -dx / box.width, -dy / box.height))
      },
      onPointerUp: () => {
        last.current = null
      },
    },
  }
}

/** The wheel zooms about the pointer. At the whole world, turning it outwards scrolls the page as everywhere. */
function useWheel(svg: { current: SVGSVGElement | null }, setView: (change: (now: View) => View) => void): void {
  useEffect(() => {
    const element = svg.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      const box = element.getBoundingClientRect()
      const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }
      const whole = element.viewBox.baseVal.width >= WIDTH
      if (event.deltaY > 0 && whole) return
      event.preventDefault()
      setView((now) => zoomed(now, Math.exp(-event.deltaY / 400), at))
    }
    // React listens passively, and so could not keep the page from scrolling.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [svg, setView])
}
