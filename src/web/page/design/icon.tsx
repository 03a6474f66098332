/** The page's own icons: lines of 1.5 on a square of 16. */
const PATHS = {
  overview: "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5h-4.5z",
  person: "M8 8a2.75 2.75 0 1 0 0-5.5a2.75 2.75 0 0 0 0 5.5zM2.75 13.5c.5-2.6 2.6-3.75 5.25-3.75s4.75 1.15 5.25 3.75",
  group:
    "M6 7.5a2.25 2.25 0 1 0 0-4.5a2.25 2.25 0 0 0 0 4.5zM1.75 13c.4-2.3 2-3.25 4.25-3.25s3.85.95 4.25 3.25M10.5 3.25a2.1 2.1 0 0 1 0 4M12 10c1.3.4 2 1.4 2.25 3",
  app: "M2.5 3.5h11v9h-11zM2.5 6.25h11M4.75 4.9h.01M6.5 4.9h.01",
  role: "M8 1.75l5 1.9v3.6c0 3.2-2.1 5.6-5 7c-2.9-1.4-5-3.8-5-7v-3.6z",
  secret:
    "M10.25 9a3.25 3.25 0 1 0-3.1-2.25l-4.9 4.9v2.1h2.1v-1.5h1.5v-1.5h1.5l1.35-1.35c.45.4.95.6 1.55.6zM11 5.25h.01",
  other: "M8 1.75l5.5 3v6.5l-5.5 3l-5.5-3v-6.5zM2.75 4.9l5.25 2.9l5.25-2.9M8 7.8v6.2",
  robot: "M3 6h10v7h-10zM8 6v-3M6 9.25h.01M10 9.25h.01M6.25 11.25h3.5M1.5 8.5v2M14.5 8.5v2",
  rule: "M2.5 4h5M10.5 4h3M9 2.5v3M2.5 8h2M7.5 8h6M6 6.5v3M2.5 12h6M11.5 12h2M10 10.5v3",
  finding: "M8 2.25l6.25 11h-12.5zM8 6.5v3.25M8 11.5h.01",
  changes: "M3 5h9.5M10 2.5l2.5 2.5l-2.5 2.5M13 11h-9.5M6 8.5l-2.5 2.5l2.5 2.5",
  compare: "M8 2v12M2.5 4.5h3v7h-3zM10.5 4.5h3v7h-3z",
  review: "M3 2.5h10v11h-10zM5.5 6l1 1l2-2M5.5 10.25h5",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9a4.5 4.5 0 0 0 0 9zM10.25 10.25l3.5 3.5",
  download: "M8 2.5v7.5M5 7.25l3 3l3-3M2.75 13.25h10.5",
  columns: "M2.5 3h11v10h-11zM6.15 3v10M9.85 3v10",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "M4 4l8 8M12 4l-8 8",
  right: "M6 3.5l4.5 4.5l-4.5 4.5",
  down: "M3.5 6l4.5 4.5l4.5-4.5",
  up: "M3.5 10l4.5-4.5l4.5 4.5",
  arrow: "M2.5 8h10.5M9.5 4.5l3.5 3.5l-3.5 3.5",
  info: "M8 14a6 6 0 1 0 0-12a6 6 0 0 0 0 12zM8 7.5v3.5M8 5h.01",
  unknown: "M8 14a6 6 0 1 0 0-12a6 6 0 0 0 0 12zM6.25 6.5c0-2.3 3.5-2.2 3.5 0c0 1.4-1.75 1.4-1.75 2.75M8 11.25h.01",
  sun: "M8 10.75a2.75 2.75 0 1 0 0-5.5a2.75 2.75 0 0 0 0 5.5zM8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13.25 9.5a5.75 5.75 0 0 1-6.75-6.75a5.75 5.75 0 1 0 6.75 6.75z",
  system: "M2 3h12v8h-12zM6 13.5h4M8 11v2.5",
  swap: "M5 2.5v10M2.5 10l2.5 2.5l2.5-2.5M11 13.5v-10M8.5 6l2.5-2.5l2.5 2.5",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon beside words that say the same: for the eye only. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
