// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The fob authors
// A certified OpenID provider on loopback, with rotation of refresh tokens and reuse detection.
//
//   node provider.mjs FOLDER [SECONDS [ADDRESS CALLBACK]]
//
// FOLDER/oidc.port has the port as soon as it listens.  An access token lasts SECONDS, 3600 by default.
// It listens at ADDRESS, 127.0.0.1 by default; CALLBACK is one more address that clients may come back to.
// Ends when stdin does.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, seconds = '3600', host = '127.0.0.1', back] = process.argv.slice(2);
// The modules are where npm ci was run.
const require = createRequire(path.join(process.env.FOB_OIDC_MODULES, 'package.json'));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);

const server = http.createServer();
await new Promise((done) => server.listen(0, host, done));
const { port } = server.address();
const issuer = `http://${host}:${port}`;
const grants = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
const callback = { redirect_uris: ['https://fob.example/callback', ...(back ? [back] : [])], ...grants };
const secret = 'a+secret:of/the app, &=% 0123456789';

const provider = new Provider(issuer, {
  clients: [
    { client_id: 'basic:id', client_secret: secret, token_endpoint_auth_method: 'client_secret_basic', ...callback },
    { client_id: 'raw', client_secret: 'letters0123456789letters0123456789', token_endpoint_auth_method: 'client_secret_basic', ...callback },
    { client_id: 'post', client_secret: secret, token_endpoint_auth_method: 'client_secret_post', ...callback },
    { client_id: 'native', application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/callback'], ...grants },
  ],
  pkce: { required: () => true, methods: ['S256'] },
  scopes: ['openid', 'offline_access', 'hr:read'],
  claims: { openid: ['sub'], 'hr:read': ['company'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, company: 'Acme Sandbox Ltd' }) }),
  rotateRefreshToken: true,
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: { AccessToken: Number(seconds), RefreshToken: 86400, AuthorizationCode: 60, Grant: 86400, Interaction: 600, Session: 86400, IdToken: 3600 },
  features: { revocation: { enabled: true }, introspection: { enabled: true } },
  cookies: { keys: ['of the tests'] },
});
server.on('request', provider.callback());
fs.writeFileSync(path.join(folder, 'port.new'), `${port}\n`);
fs.renameSync(path.join(folder, 'port.new'), path.join(folder, 'oidc.port'));
process.stdin.resume().on('end', () => process.exit(0));
