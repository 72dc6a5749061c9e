/** The custom properties as the stylesheet itself lists them, in its first comment. */
export function cssProperties(css: string) {
  const rows = [...css.matchAll(/^ \* \| (--rbk-[\w-]+)\s*\|([^|\n]*)\|(?:([^|\n]*)\|)?(?:([^|\n]*)\|)?\s*$/gm)]
  return rows.map(([, name = '', what = '', light = '', dark = '']) => ({
    name,
    what: what.trim(),
    light: light.trim(),
    dark: dark.trim(),
  }))
}

/** Every text of a locale by its path: `list.title`. */
export function textsOf(messages: object, before = ''): (readonly [string, string])[] {
  return Object.entries(messages).flatMap(([name, value]) =>
    typeof value === 'string' ? [[before + name, value] as const] : textsOf(value as object, `${before}${name}.`),
  )
}
