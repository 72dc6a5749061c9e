import { getRequestListener } from '@hono/node-server'
import fastify from 'fastify'
import { billing } from './billing.ts'

const listener = getRequestListener(billing)

/** A shop on Fastify. In a scope of its own, where nothing has read the body. */
export const app = fastify()
app.register(async (scope) => {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _body, done) => done(null))
  scope.all('/api/billing/*', (request, reply) => {
    reply.hijack()
    void listener(request.raw, reply.raw)
  })
})
