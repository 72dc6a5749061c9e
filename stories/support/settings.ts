import { useSyncExternalStore } from 'react'
import { addons } from 'storybook/preview-api'
import { en, ko, type Messages } from '../../src/index.ts'
import { settingsOfPage } from './frame.ts'

/** What the toolbar chooses. */
export interface Settings {
  readonly locale: 'ko' | 'en'
  readonly theme: 'light' | 'dark'
  readonly device: 'pc' | 'phone'
  readonly sdk: 'v1' | 'legacy'
}

declare const __STORY_SETTINGS__: string

/** `STORY_SETTINGS="locale:en;theme:dark"` chooses for a run of the tests, `globals=` in the address for a reader. */
const fromText = (text = ''): Partial<Settings> =>
  Object.fromEntries(
    text
      .split(';')
      .filter(Boolean)
      .map((pair) => pair.split(':')),
  )

/** The other way round. */
export const textOf = (settings: Settings): string =>
  Object.entries(settings)
    .map((pair) => pair.join(':'))
    .join(';')

export const initialSettings: Settings = {
  locale: 'ko',
  theme: 'light',
  device: 'pc',
  sdk: 'v1',
  ...fromText(__STORY_SETTINGS__),
  // a story in a frame of a page of documents: its address has no settings
  ...fromText(settingsOfPage),
}

let current: Settings = { ...initialSettings, ...fromText(new URLSearchParams(location.search).get('globals') ?? '') }
const listeners = new Set<() => void>()

/** Puts settings on the page: theme and language are read from `<html>` by every style. */
export function applySettings(next: Partial<Settings>): Settings {
  const merged = { ...current, ...next }
  if (Object.entries(merged).some(([name, value]) => Reflect.get(current, name) !== value)) {
    current = merged
    queueMicrotask(() => {
      for (const listener of listeners) listener()
    })
  }
  document.documentElement.dataset.settings = textOf(current)
  document.documentElement.dataset.theme = current.theme
  document.documentElement.lang = current.locale
  return current
}
applySettings({})

// pages in MDX are no stories: they hear of the toolbar here
addons.ready().then((channel) => {
  channel.on('globalsUpdated', ({ globals }: { globals: Partial<Settings> }) => applySettings(globals))
})

/** The toolbar's settings; renders again when they change. */
export const useSettings = (): Settings =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )

export const wordsOf = (locale: unknown): Messages => (locale === 'en' ? en : ko)
