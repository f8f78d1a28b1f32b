import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'

export type BarsProps = {
  /** What the chart shows, for screen readers. */
  label: string
  bars: readonly number[]
  /** Stands behind the bars, paler: the same buckets of the period before. */
  behind: readonly number[]
  /** The text under a bar, for those that have one. */
  ticks: ReadonlyMap<number, string>
  active: number | null
  onActive: (index: number | null) => void
  /** What the active bar says. */
  valueText: string
}

const HEIGHT = 180

const token = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function options({ ticks, bars }: BarsProps, width: number, onHover: (index: number | null) => void): UPlot.Options {
  const bar = (size: number) => UPlot.paths.bars?.({ size: [size, 64] })
  const axis = { stroke: token('--muted'), font: '12px system-ui', ticks: { show: false } }
  const none = { show: false }
  return {
    width,
    height: HEIGHT,
    // Room for half a label at the right: the last one stands under the last bar.
    padding: [8, 16, 0, 0],
    legend: none,
    cursor: { points: none, y: false, drag: { x: false, y: false }, x: true },
    scales: {
      x: { time: false, range: () => [-0.5, bars.length - 0.5] },
      y: { range: (_, __, most) => [0, Math.max(4, most * 1.05)] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        grid: none,
        splits: () => [...ticks.keys()],
        values: (_, at) => at.map((i) => ticks.get(i) ?? ''),
      },
      {
        ...axis,
        size: 48,
        grid: { stroke: token('--line'), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6],
      },
    ],
    series: [
      {},
      { fill: token('--line'), stroke: token('--edge'), width: 1, paths: bar(0.9), points: none },
      { fill: token('--accent-solid'), width: 0, paths: bar(0.6), points: none },
    ],
    hooks: { setCursor: [(plot) => onHover(plot.cursor.idx ?? null)] },
  }
}

/** Bars over time on a canvas. One reads them with the pointer or, as a slider, with the arrow keys. */
export default function BarsOverTime(props: BarsProps) {
  const { label, bars, behind, active, onActive, valueText } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(null)
  const latest = useRef(props)
  latest.current = props
  const count = bars.length
  // Another number of bars is another chart; other heights of the same bars are only other data.
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew when the number of bars or the ticks change.
  useEffect(() => {
    const element = box.current
    if (!element) return
    const made = new UPlot(
      options(latest.current, element.clientWidth, (index) => {
        // The chart tells its own moves too; only the pointer's are news.
        if (element.matches(':hover')) latest.current.onActive(index)
      }),
      table(latest.current),
      element,
    )
    plot.current = made
    const size = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    size.observe(element)
    // The canvas does not follow the theme by itself.
    const paint = () => made.redraw()
    const theme = new MutationObserver(paint)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', paint)
    return () => {
      size.disconnect()
      theme.disconnect()
      dark.removeEventListener('change', paint)
      made.destroy()
      plot.current = null
    }
  }, [count, props.ticks])
  useEffect(() => {
    plot.current?.setData(table({ bars, behind }))
  }, [bars, behind])
  useEffect(() => {
    const made = plot.current
    if (!made || active === null || box.current?.matches(':hover')) return
    made.setCursor({ left: made.valToPos(active, 'x'), top: 0 }, false)
  }, [active])
  const move = (to: number) => onActive(Math.max(0, Math.min(count - 1, to)))
  return (
    <div
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={active ?? count - 1}
      aria-valuetext={valueText}
      className="w-full"
      style={{ height: HEIGHT }}
      onKeyDown={(event) => {
        const at = active ?? count - 1
        const page = Math.max(1, Math.round(count / 10))
        const to = {
          ArrowLeft: at - 1,
          ArrowDown: at - 1,
          ArrowRight: at + 1,
          ArrowUp: at + 1,
          PageDown: at - page,
          PageUp: at + page,
          Home: 0,
          End: count - 1,
        }[event.key]
        if (to === undefined) return
        event.preventDefault()
        move(to)
      }}
    />
  )
}

function table({ bars, behind }: Pick<BarsProps, 'bars' | 'behind'>): UPlot.AlignedData {
  return [bars.map((_, index) => index), [...behind], [...bars]]
}
