import { Register } from 'example:Storybook'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { freshPage } from './freshPage.ts'

afterEach(() => {
  cleanup()
  freshPage()
})

it('the example for Storybook in docs/sandbox.md registers a card in its window', async () => {
  render(<Register />)
  const button = screen.getByRole<HTMLButtonElement>('button', { name: '카드 등록하기' })
  await waitFor(() => expect(button.disabled).toBe(false))
  button.click()
  const card = await waitFor(() => {
    const frame = document.querySelector<HTMLIFrameElement>('#imp-iframe-wrapper iframe')
    const found = frame?.contentDocument?.querySelector<HTMLElement>('[data-card="approved"] input')
    return found ?? Promise.reject(new Error('no window'))
  })
  card.click()
  card.ownerDocument.querySelector<HTMLElement>('[data-action="approve"]')?.click()
  await screen.findByText('카드를 등록했어요.')
})
