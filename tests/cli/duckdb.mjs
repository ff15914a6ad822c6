#!/usr/bin/env node
// What the page of queries calls `duckdb -csv -c SQL`, done with the database's Node package; the
// query's result goes to standard output as CSV. For tests/cli/queries.py; not the real program.
//
//     node duckdb.mjs FOLDER -csv -c SQL    FOLDER has the package in its node_modules
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';

const [folder, csv, dash, query] = process.argv.slice(2);
if (csv !== '-csv' || dash !== '-c') throw new Error('-csv -c SQL is expected');
const load = createRequire(join(resolve(folder), 'here.js'));
const {DuckDBInstance} = load('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`copy (${query.replace(/;\s*$/, '')}) to '/dev/stdout' (format csv, header)`);
