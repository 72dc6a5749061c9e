npx vite build
node server.js
