// app/api/billing/[...path]/route.ts of a Next.js shop
import { billing } from './billing.ts'

export const GET = billing
export const POST = billing
export const DELETE = billing
