// `npm run stories:all`: every story, in every combination of language, theme, device and SDK.
import { spawnSync } from 'node:child_process'
import { chromium, root, say } from './prepare.mjs'

const { headless: CHROMIUM_PATH } = await chromium()
const combinations = ['v1', 'legacy'].flatMap((sdk) =>
  ['pc', 'phone'].flatMap((device) => ['ko', 'en'].flatMap((locale) => ['light', 'dark'].map((theme) => ({ locale, theme, device, sdk })))),
)
const failed = combinations.filter((combination) => {
  const STORY_SETTINGS = Object.entries(combination)
    .map(([name, value]) => `${name}:${value}`)
    .join(';')
  say(STORY_SETTINGS)
  const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', '--config', 'vitest.config.ts', '--project', 'stories'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM_PATH, STORY_SETTINGS },
    shell: process.platform === 'win32',
  })
  return status !== 0
})
console.log(`\n${combinations.length - failed.length} of ${combinations.length} combinations passed`)
process.exitCode = failed.length === 0 ? 0 : 1
