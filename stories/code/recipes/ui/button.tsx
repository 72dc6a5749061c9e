import type { ComponentProps } from 'react'

/** Stands for the one that `npx shadcn add button` puts into a shop. */
export const Button = ({ variant = 'default', ...props }: ComponentProps<'button'> & { variant?: 'default' | 'outline' }) => (
  <button type="button" data-variant={variant} {...props} />
)
