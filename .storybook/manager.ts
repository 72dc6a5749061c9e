import { addons } from 'storybook/manager-api'
import { create } from 'storybook/theming'

addons.setConfig({
  theme: create({
    base: 'light',
    brandTitle: 'react-billing-key',
    brandUrl: '?path=/docs/start-what-it-is--docs',
    colorSecondary: '#1f5eff',
    fontBase: 'Pretendard, -apple-system, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", system-ui, sans-serif',
  }),
  sidebar: { showRoots: true },
})
