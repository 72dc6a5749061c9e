npm init -y && npm pkg set type=module
npm install react-billing-key react react-dom @tanstack/react-query hono @hono/node-server
npm install --save-dev vite @vitejs/plugin-react
