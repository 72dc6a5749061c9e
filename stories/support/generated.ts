/** What each custom property is, in Korean; the stylesheet says it in English. */
const cssInKorean: Readonly<Record<string, string>> = {
  '--rbk-accent': '버튼, 초점 테두리',
  '--rbk-on-accent': '강조색 위의 글자',
  '--rbk-surface': '결과와 ‘결제창 닫기’의 바탕',
  '--rbk-text': '글자',
  '--rbk-soft': '덜 중요한 글자',
  '--rbk-line': '결과와 카드의 테두리',
  '--rbk-edge': '누를 수 있는 것의 테두리',
  '--rbk-good': '등록됨',
  '--rbk-warn': '확인되지 않음',
  '--rbk-bad': '실패',
  '--rbk-radius': '모서리',
  '--rbk-font': '글꼴: Pretendard, 없으면 시스템의 한글 글꼴',
}

/** The custom properties as the stylesheet itself lists them, in its first comment. */
export function cssProperties(css: string) {
  const rows = [...css.matchAll(/^ \* \| (--rbk-[\w-]+)\s*\|([^|\n]*)\|(?:([^|\n]*)\|)?(?:([^|\n]*)\|)?\s*$/gm)]
  return rows.map(([, name = '', en = '', light = '', dark = '']) => ({
    name,
    ko: cssInKorean[name] ?? '',
    en: en.trim(),
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

/** Markdown whose links to files beside `from` have become their paths. */
export const withPaths = (markdown: string, from: string): string =>
  markdown.replace(
    /\[[^\]]+\]\((?![?#]|https?:)([^)]+)\)/g,
    (_, path: string) => `\`${new URL(path, `file:///${from}`).pathname.slice(1)}\``,
  )
