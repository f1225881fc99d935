// The sea floor of the voyage chart: a height field drawn as contour lines, made at build time. Knows nothing of lessons.

/** Size of the chart in its own units. */
export const chart = { width: 1360, height: 690 } as const;

interface Shoal {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  readonly top: number;
}

// Land in the north-west, islands to the east, shoals between the legs of the course.
const shoals: readonly Shoal[] = [
  { x: 60, y: 20, rx: 330, ry: 210, top: 3.4 },
  { x: 300, y: -10, rx: 250, ry: 160, top: 2.4 },
  { x: -20, y: 190, rx: 210, ry: 130, top: 2.3 },
  { x: 540, y: -60, rx: 110, ry: 130, top: 1.1 },
  { x: 1350, y: 70, rx: 90, ry: 80, top: 1.9 },
  { x: 1345, y: 470, rx: 85, ry: 95, top: 1.5 },
  { x: 888, y: 236, rx: 105, ry: 36, top: 1.12 },
  { x: 332, y: 506, rx: 82, ry: 34, top: 1.25 },
  { x: 60, y: 700, rx: 150, ry: 105, top: 1.7 },
  { x: 580, y: 712, rx: 150, ry: 62, top: 0.95 },
  { x: 952, y: 720, rx: 150, ry: 62, top: 1.0 },
  { x: 560, y: 300, rx: 90, ry: 34, top: 0.5 },
];

/** Height at a place: 0 is deep water, 1 and more is land. */
export function heightAt(x: number, y: number): number {
  let height = 0;
  for (const { x: cx, y: cy, rx, ry, top } of shoals) {
    height += top * Math.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2);
  }
  return height + height * 0.5 * ripple(x, y) + 0.03 * ripple(y * 1.3, x);
}

/** A calm, repeatable unevenness between -1 and 1. */
function ripple(x: number, y: number): number {
  return (
    (Math.sin(x / 61 + 1.7 * Math.sin(y / 83)) +
      Math.sin(y / 47 + 1.3 * Math.sin(x / 71)) +
      0.6 * Math.sin((x + y) / 29)) /
    2.6
  );
}

type Point = readonly [number, number];
const step = 10;

/** The contour at a level as SVG path data: closed, smoothed, in whole units. */
export function contourPath(level: number): string {
  return traceRings(collectEdges(level)).map(smoothRing).join("");
}

/** Marching squares: for each cell, the directed edges that keep the higher ground on the left. */
function collectEdges(level: number): Map<string, { to: string; point: Point }> {
  const edges = new Map<string, { to: string; point: Point }>();
  const height = (c: number, r: number): number => {
    const x = c * step;
    const y = r * step;
    const outside = x < -step || y < -step || x > chart.width + step || y > chart.height + step;
    return outside ? -1 : heightAt(x, y);
  };
  const cross = (c1: number, r1: number, c2: number, r2: number): Point => {
    const a = height(c1, r1);
    const share = (level - a) / (height(c2, r2) - a);
    return [(c1 + (c2 - c1) * share) * step, (r1 + (r2 - r1) * share) * step];
  };
  for (let r = -2; r * step <= chart.height + step; r++) {
    for (let c = -2; c * step <= chart.width + step; c++) {
      const corners = [height(c, r), height(c + 1, r), height(c + 1, r + 1), height(c, r + 1)].map((h) => h >= level);
      // Sides in order top, right, bottom, left; a crossing leads in or out of the high ground.
      const at: readonly Point[] = [
        [c, r],
        [c + 1, r],
        [c + 1, r + 1],
        [c, r + 1],
      ];
      const ins: { key: string; point: Point }[] = [];
      const outs: { key: string; point: Point }[] = [];
      for (let side = 0; side < 4; side++) {
        const from = at[side] as Point;
        const to = at[(side + 1) % 4] as Point;
        if (corners[side] === corners[(side + 1) % 4]) continue;
        const [p, q] = from[0] + from[1] < to[0] + to[1] ? [from, to] : [to, from];
        const crossing = { key: `${p}|${q}`, point: cross(...p, ...q) };
        (corners[side] ? outs : ins).push(crossing);
      }
      outs.forEach((out, index) => {
        const into = ins[index];
        if (into !== undefined) edges.set(out.key, { to: into.key, point: out.point });
      });
    }
  }
  return edges;
}

function traceRings(edges: Map<string, { to: string; point: Point }>): Point[][] {
  const rings: Point[][] = [];
  while (edges.size > 0) {
    const ring: Point[] = [];
    let key = edges.keys().next().value as string;
    for (let edge = edges.get(key); edge !== undefined; edge = edges.get(key)) {
      edges.delete(key);
      ring.push(edge.point);
      key = edge.to;
    }
    if (ring.length > 5) rings.push(ring);
  }
  return rings;
}

/** Rounds corners by running quadratic curves through the middles of every second edge. */
function smoothRing(ring: Point[]): string {
  const kept = ring.filter((_, index) => index % 2 === 0);
  const middle = (a: Point, b: Point): Point => [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)];
  let here = middle(kept.at(-1) as Point, kept[0] as Point);
  let path = `M${here}`;
  kept.forEach((point, index) => {
    const next = middle(point, kept[(index + 1) % kept.length] as Point);
    path += `q${Math.round(point[0]) - here[0]} ${Math.round(point[1]) - here[1]} ${next[0] - here[0]} ${next[1] - here[1]}`;
    here = next;
  });
  return `${path}z`;
}

/** Soundings scattered over the water: larger figures in deeper water, none near `taken` places. */
export function scatterSoundings(
  taken: readonly { x: number; y: number }[],
): { x: number; y: number; depth: number }[] {
  const found: { x: number; y: number; depth: number }[] = [];
  for (let i = 0; i < 400 && found.length < 44; i++) {
    // A low-discrepancy walk: even spread without host randomness.
    const x = Math.round(24 + ((i * 0.754877666) % 1) * (chart.width - 48));
    const y = Math.round(26 + ((i * 0.569840296) % 1) * (chart.height - 46));
    const height = heightAt(x, y);
    const crowded = [...taken, ...found].some((other) => Math.hypot((other.x - x) / 1.6, other.y - y) < 44);
    if (height < 0.85 && !crowded) found.push({ x, y, depth: Math.max(1, Math.min(5, Math.round(5 - height * 5))) });
  }
  return found;
}

/** A smooth course through the points: one path per leg. */
export function courseLegs(points: readonly { x: number; y: number }[]): string[] {
  return points.slice(1).map((to, index) => {
    const from = points[index] as { x: number; y: number };
    const before = points[index - 1] ?? from;
    const after = points[index + 2] ?? to;
    const c1 = [from.x + (to.x - before.x) / 6, from.y + (to.y - before.y) / 6].map(Math.round);
    const c2 = [to.x - (after.x - from.x) / 6, to.y - (after.y - from.y) / 6].map(Math.round);
    return `M${from.x} ${from.y}C${c1} ${c2} ${to.x} ${to.y}`;
  });
}
