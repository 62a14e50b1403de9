// Icons: one stroke path each on a 20 × 20 grid, drawn in the text colour.
// Decorative always: the control around an icon carries the name.

const paths = {
  logo: 'M10 1.8 17.2 5.9v8.2L10 18.2 2.8 14.1V5.9L10 1.8ZM2.8 5.9 10 10l7.2-4.1M10 10v8.2',
  chat: 'M3.5 4.5h13v9h-7l-3.5 3v-3h-2.5v-9ZM6.5 7.6h7M6.5 10.4h4.5',
  models: 'M10 2.8 17 6.4 10 10 3 6.4 10 2.8ZM3 10l7 3.6L17 10M3 13.6l7 3.6 7-3.6',
  plus: 'M10 4v12M4 10h12',
  close: 'M5 5l10 10M15 5 5 15',
  send: 'M10 16.5v-13M4.5 9 10 3.5 15.5 9',
  stop: 'M6 6h8v8H6zM7.5 7.5h5v5h-5zM9 9h2v2H9z',
  edit: 'M4 16l.8-3.4L13.4 4l2.6 2.6-8.6 8.6L4 16ZM11.6 5.8l2.6 2.6',
  retry: 'M15.8 8.2A6 6 0 1 0 16 11M16 4v4.4h-4.4',
  copy: 'M7 7h9v9H7zM13 7V4H4v9h3',
  check: 'M4 10.5 8 14.5 16 5.5',
  sliders: 'M3 6h8M15 6h2M3 14h2M9 14h8M11 4v4M5 12v4',
  list: 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13',
  pin: 'M12.2 3 17 7.8l-2.2.6-3 3 .2 3.4-1.4 1.4-6.8-6.8 1.4-1.4 3.4.2 3-3 .6-2.2ZM7.2 12.8 3.2 16.8',
  tag: 'M3.5 3.5h6.2l7 7-6.2 6.2-7-7V3.5ZM6.8 6.8h.01',
  print: 'M5.5 7V3h9v4M5.5 14H3V7h14v7h-2.5M5.5 11.5h9V17h-9z',
  download: 'M10 3v10M5.5 8.8 10 13.3l4.5-4.5M3.5 16.8h13',
  trash: 'M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.4 8.5v5M11.6 8.5v5',
  file: 'M5 2.8h6.5L15 6.3v10.9H5V2.8ZM11.2 3v3.6H15',
  link: 'M8.5 11.5l3-3M9 6l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L13.5 10.5M11 14l-1.5 1.5a3.2 3.2 0 0 1-4.5-4.5L6.5 9.5',
  globe:
    'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM2.5 10h15M10 2.5c2.5 2.2 3.4 4.7 3.4 7.5s-.9 5.3-3.4 7.5c-2.5-2.2-3.4-4.7-3.4-7.5s.9-5.3 3.4-7.5Z',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 1.8v2M10 16.2v2M1.8 10h2M16.2 10h2M4.2 4.2l1.4 1.4M14.4 14.4l1.4 1.4M4.2 15.8l1.4-1.4M14.4 5.6l1.4-1.4',
  moon: 'M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z',
  screen: 'M2.8 4h14.4v9H2.8zM10 13v2.5M6.5 17.5 10 15.5l3.5 2M10 2.5V4',
  auto: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 2.5v15M13 4v12M15.5 6v8',
  left: 'M12.5 4.5 7 10l5.5 5.5',
  right: 'M7.5 4.5 13 10l-5.5 5.5',
  down: 'M10 4v12M4.5 10.5 10 16l5.5-5.5',
  lessons: 'M10 5.5C8 4 5.5 3.6 3 3.8v11.4c2.5-.2 5 .2 7 1.7 2-1.5 4.5-1.9 7-1.7V3.8c-2.5-.2-5 .2-7 1.7ZM10 5.5v11.4',
  chip: 'M5.5 5.5h9v9h-9zM8 2.5v3M12 2.5v3M8 14.5v3M12 14.5v3M2.5 8h3M2.5 12h3M14.5 8h3M14.5 12h3',
  attention: 'M3.5 15.5h13M5 15.5C5 7 15 7 15 15.5M8 15.5c0-3.6 7-3.6 7 0',
  probabilities: 'M3.5 16.5h13M5 16.5V4M8.5 16.5V8M12 16.5v-6M15.5 16.5v-2.5',
  lens: 'M8.8 3.5a5.3 5.3 0 1 0 0 10.6 5.3 5.3 0 0 0 0-10.6ZM12.7 12.7l4.3 4.3M6.5 8.8h4.6',
  inside: 'M10 2.5v15M10 6H5.5v3.5H10M10 11h4.5v3.5H10',
  compare: 'M3 4h5.5v12H3ZM11.5 4H17v12h-5.5ZM5 7.5h1.5M13.5 7.5H15M5 10.5h1.5',
  adapters: 'M7 3v3.5M13 3v3.5M5 6.5h10v3a5 5 0 0 1-10 0v-3ZM10 14.5v3',
  bench: 'M3.2 14.5a7 7 0 1 1 13.6 0M10 13.5l3.2-4.4M10 13.5h.01',
  tokenizer: 'M3 7h5v6H3zM10 7h3v6h-3zM15 7h2.5v6H15zM3 16.5h14.5',
  expand: 'M7.5 3.5h-4v4M12.5 3.5h4v4M7.5 16.5h-4v-4M12.5 16.5h4v-4',
  shrink: 'M3.5 7.5h4v-4M16.5 7.5h-4v-4M3.5 12.5h4v4M16.5 12.5h-4v4',
  table: 'M3.5 4.5h13v11h-13zM3.5 8.2h13M3.5 11.8h13M8.5 4.5v11',
  minus: 'M4 10h12',
  fit: 'M4 4h12v12H4zM8 8h4v4H8z',
  undo: 'M7.5 4.5 3.5 8.5l4 4M3.5 8.5h8a4.5 4.5 0 0 1 0 9H8',
  cut: 'M6 13.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6ZM14 13.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6ZM7.2 13.6 14 3M12.8 13.6 6 3',
  share: 'M10 12.5V2.8M6.5 6 10 2.5 13.5 6M7 9H4.5v8h11V9H13',
  thumb: 'M3.5 9h3v7.5h-3zM6.5 9l3-6c1.4 0 2 .9 1.8 2.2L10.8 8h4.4c1 0 1.7.9 1.5 1.9l-1 5.2c-.2.8-.8 1.4-1.7 1.4H6.5',
  help: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.9-1.1 1.8M10 14v.3',
  find: 'M8.8 3.5a5.3 5.3 0 1 0 0 10.6 5.3 5.3 0 0 0 0-10.6ZM12.7 12.7l4.3 4.3',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
