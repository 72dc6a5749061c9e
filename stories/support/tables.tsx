import { Unstyled } from '@storybook/addon-docs/blocks'
import { en, ko } from '../../src/index.ts'
import styles from '../../src/styles.css?raw'
import type { Both } from './docs.tsx'
import { cssProperties, textsOf } from './generated.ts'
import { useSettings } from './settings.ts'

const heads = {
  name: { ko: '이름', en: 'Name' },
  what: { ko: '설명', en: 'What it is' },
  light: { ko: '밝은 화면', en: 'Light' },
  dark: { ko: '어두운 화면', en: 'Dark' },
  text: { ko: '한국어', en: '한국어' },
  english: { ko: 'English', en: 'English' },
} satisfies Record<string, Both>

/** A table whose first column names its rows. */
export function Facts({ heads: names, rows }: { heads: readonly string[]; rows: readonly (readonly React.ReactNode[])[] }) {
  return (
    <Unstyled>
      <table className="facts">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...cells], at) => (
            <tr key={at}>
              <th scope="row">{first}</th>
              {cells.map((cell, column) => (
                <td key={column} data-label={names.length > 3 ? names[column + 1] : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Unstyled>
  )
}

export function AttributeTable({ rows }: { rows: readonly (readonly [string, Both])[] }) {
  const { locale } = useSettings()
  return (
    <Facts
      heads={[heads.name[locale], heads.what[locale]]}
      rows={rows.map(([name, about]) => [<code key="name">{name}</code>, about[locale]])}
    />
  )
}

export function CssTable() {
  const { locale } = useSettings()
  const swatch = (value: string) =>
    value.startsWith('#') ? (
      <span key={value} className="swatch">
        <i style={{ background: value }} /> <code>{value}</code>
      </span>
    ) : (
      value
    )
  return (
    <Facts
      heads={[heads.name[locale], heads.what[locale], heads.light[locale], heads.dark[locale]]}
      rows={cssProperties(styles).map(({ name, light, dark, ...what }) => [
        <code key="name">{name}</code>,
        what[locale],
        swatch(light),
        swatch(dark),
      ])}
    />
  )
}

export function TextTable() {
  const { locale } = useSettings()
  const english = new Map(textsOf(en))
  return (
    <Facts
      heads={[heads.name[locale], heads.text[locale], heads.english[locale]]}
      rows={textsOf(ko).map(([name, text]) => [<code key="name">{name}</code>, text, english.get(name)])}
    />
  )
}
