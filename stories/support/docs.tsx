import {
  Canvas,
  Controls,
  type DocsContainerProps,
  DocsContext,
  Markdown,
  Source,
  DocsContainer as StorybookContainer,
  Title,
  Unstyled,
  useOf,
} from '@storybook/addon-docs/blocks'
import { type PropsWithChildren, type ReactNode, useContext } from 'react'
import { themes } from 'storybook/theming'
import { withPaths } from './generated.ts'
import type { PropTable } from './props.ts'
import { type Settings, textOf, useSettings } from './settings.ts'
import { AttributeTable, CssTable, TextTable } from './tables.tsx'

/** A text in both languages. */
export interface Both {
  readonly ko: string
  readonly en: string
}

/** What a page about a component or hook shows, in `parameters.page`. */
export interface PageOf {
  readonly about: Both
  readonly props?: readonly (readonly [title: string, table: PropTable])[]
  readonly attributes?: readonly (readonly [name: string, about: Both])[]
  readonly css?: boolean
  readonly texts?: boolean
}

/** Every page of documents: the toolbar's theme and language. */
export function DocsContainer({ children, ...props }: PropsWithChildren<DocsContainerProps>) {
  const { theme } = useSettings()
  return (
    <StorybookContainer {...props} theme={theme === 'dark' ? themes.dark : themes.light}>
      {children}
    </StorybookContainer>
  )
}

export const Ko = ({ children }: { children: ReactNode }) => <In locale="ko">{children}</In>
export const En = ({ children }: { children: ReactNode }) => <In locale="en">{children}</In>
const In = ({ locale, children }: { locale: Settings['locale']; children: ReactNode }) =>
  useSettings().locale === locale ? <div lang={locale}>{children}</div> : null

/** What a story says of its own, in the toolbar's language. */
export const Said = (text: Both) => text[useSettings().locale]

/** A page of `docs/`. The repository is not here: a link to one of its files becomes the file's path. */
export const Document = ({ of, from = 'docs/' }: { of: string; from?: 'docs/' | 'docs/errors/' }) => (
  <Markdown>{withPaths(of, from)}</Markdown>
)

/** A file of `stories/code`, which the compiler has read. A first comment line is its name. */
export function Code({ of, language = 'tsx' }: { of: string; language?: 'tsx' | 'html' | 'bash' | 'json' }) {
  return <Source code={of.trim()} language={language} dark={useSettings().theme === 'dark'} />
}

const words = {
  props: { ko: '속성', en: 'Props' },
  name: { ko: '이름', en: 'Name' },
  type: { ko: '타입', en: 'Type' },
  what: { ko: '설명', en: 'What it is' },
  default: { ko: '기본값', en: 'default' },
  required: { ko: '필수', en: 'required' },
  attributes: { ko: '데이터 속성', en: 'Data attributes' },
  css: { ko: 'CSS 변수', en: 'CSS variables' },
  texts: { ko: '문구', en: 'Texts' },
  states: { ko: '상태', en: 'States' },
} satisfies Record<string, Both>

function PropsTable({ of }: { of: PropTable }) {
  const { locale } = useSettings()
  return (
    <Unstyled>
      <table className="facts">
        <thead>
          <tr>
            <th scope="col">{words.name[locale]}</th>
            <th scope="col">{words.type[locale]}</th>
            <th scope="col">{words.what[locale]}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(of).map(([name, row]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
                {row.required && <small> {words.required[locale]}</small>}
              </th>
              <td>
                <code>{row.type}</code>
              </td>
              <td>
                {row[locale].replaceAll('`', '')}
                {row.default && (
                  <small>
                    {' '}
                    ({words.default[locale]} <code>{row.default}</code>)
                  </small>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Unstyled>
  )
}

/** What no form can hold. */
const withoutControl = /^on[A-Z]|^(request|order|render|outcome|error)$/

/** The page of a component or hook. */
export function DocsPage() {
  const settings = useSettings()
  const { locale } = settings
  const { preparedMeta } = useOf('meta', ['meta'])
  const context = useContext(DocsContext)
  const page = preparedMeta.parameters.page as PageOf | undefined
  const [primary, ...rest] = context.componentStories().filter(({ tags }) => tags.includes('autodocs'))
  // a story in a frame hears of no toolbar: it is opened anew
  const keyOf = ({ id, parameters }: { id: string; parameters: { docs?: { story?: { inline?: boolean } } } }) =>
    parameters.docs?.story?.inline === false ? textOf(settings) : id
  const hasControls = Object.entries(primary?.argTypes ?? {}).some(([name, { control }]) => control && !withoutControl.test(name))
  return (
    <>
      <Title />
      {page && <Markdown>{page.about[locale]}</Markdown>}
      {primary && <Canvas key={keyOf(primary)} of={primary.moduleExport} sourceState="shown" />}
      {hasControls && <Controls of={primary?.moduleExport} exclude={withoutControl} />}
      {page?.props?.map(([title, table]) => (
        <section key={title}>
          <h2 id={title}>{page.props?.length === 1 ? words.props[locale] : title}</h2>
          <PropsTable of={table} />
        </section>
      ))}
      {page?.attributes && (
        <>
          <h2 id="attributes">{words.attributes[locale]}</h2>
          <AttributeTable rows={page.attributes} />
        </>
      )}
      {rest.length > 0 && <h2 id="states">{words.states[locale]}</h2>}
      {rest.map((story) => (
        <section key={story.id}>
          <h3 id={story.id}>{story.name}</h3>
          {story.parameters.about && <Markdown>{(story.parameters.about as Both)[locale]}</Markdown>}
          <Canvas key={keyOf(story)} of={story.moduleExport} />
        </section>
      ))}
      {page?.css && (
        <>
          <h2 id="css">{words.css[locale]}</h2>
          <CssTable />
        </>
      )}
      {page?.texts && (
        <>
          <h2 id="texts">{words.texts[locale]}</h2>
          <TextTable />
        </>
      )}
    </>
  )
}
