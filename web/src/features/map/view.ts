import { HEIGHT, WIDTH } from './world'

/** The part of the map that is seen: how much it is magnified, and its upper left corner on the whole map. */
export type View = { scale: number; x: number; y: number }

export const WHOLE: View = { scale: 1, x: 0, y: 0 }
const NEAREST = 16

function inside({ scale, x, y }: View): View {
  return {
    scale,
    x: Math.max(0, Math.min(x, WIDTH - WIDTH / scale)),
    y: Math.max(0, Math.min(y, HEIGHT - HEIGHT / scale)),
  }
}

/** Magnifies by a factor and keeps a point where it is: a share of the width and of the height of what is seen. */
export function zoomed(view: View, factor: number, at = { x: 0.5, y: 0.5 }): View {
  const scale = Math.max(1, Math.min(view.scale * factor, NEAREST))
  return inside({
    scale,
    x: view.x + at.x * (WIDTH / view.scale - WIDTH / scale),
    y: view.y + at.y * (HEIGHT / view.scale - HEIGHT / scale),
  })
}

/** Moves by shares of what is seen. */
export function moved(view: View, dx: number, dy: number): View {
  return inside({ ...view, x: view.x + (dx * WIDTH) / view.scale, y: view.y + (dy * HEIGHT) / view.scale })
}

/** Moves only as far as needed to see a point. */
export function showing(view: View, { x, y }: { x: number; y: number }): View {
  const [width, height] = [WIDTH / view.scale, HEIGHT / view.scale]
  if (x >= view.x && x <= view.x + width && y >= view.y && y <= view.y + height) return view
  return inside({ ...view, x: x - width / 2, y: y - height / 2 })
}
