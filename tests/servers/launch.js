// Starts one of the servers that the tests run against, on a free port of
// 127.0.0.1, and ends when its standard input does.
//
//   node launch.js FOLDER jsonplaceholder
//   node launch.js FOLDER json-server DB.json
//
// FOLDER is where tests/servers/setup has installed them. Standard output:
// "port N" once it listens, then one "connection" for each that it accepts.

'use strict'

const http = require('http')
const path = require('path')

const [folder, kind, db] = process.argv.slice(2)
const module_path = (...parts) => path.join(folder, 'node_modules', ...parts)

function make_app() {
  if (kind === 'jsonplaceholder') {
    // Otherwise it logs every request on standard output.
    process.env.NODE_ENV = 'production'
    return require(module_path('jsonplaceholder', 'src', 'app'))
  }

  const jsonServer = require(module_path('json-server'))
  const app = jsonServer.create()

  app.use(jsonServer.defaults({ logger: false, bodyParser: true }))
  app.use(jsonServer.router(db))
  return app
}

const server = http.createServer(make_app())

server.on('connection', () => process.stdout.write('connection\n'))
server.listen(0, '127.0.0.1', () => {
  // A refused request is no news.
  console.error = () => {}
  process.stdout.write(`port ${server.address().port}\n`)
})

process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
process.stdin.resume()

// Whatever becomes of the tests, nothing is left behind.
setTimeout(() => process.exit(1), 15 * 60 * 1000).unref()
