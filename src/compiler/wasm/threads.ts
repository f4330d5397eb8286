/** How threads go in step, in WebAssembly text: a barrier, and the loop of those that wait for commands. */
import { control } from './control.js';

/** How often a thread looks before it goes to sleep: some 0.3 ms, longer than steps are apart. */
const looks = 100_000;

/**
 * For how many seconds a thread waits at a barrier: longer than any part of a step takes, also on a machine that is
 * busy with other things. It sleeps for one at a time, so that a process that was stopped for hours loses but one.
 */
const patience = 120;

/** `(call $barrier (threads))`: goes on when all have come. One thread alone never waits. */
export const barrierText = `(func $barrier (param $threads i32)
  (local $generation i32)
  (if (i32.eq (local.get $threads) (i32.const 1)) (then (return)))
  (local.set $generation (i32.atomic.load (i32.const ${control.generation})))
  (if (i32.eq (i32.atomic.rmw.add (i32.const ${control.arrived}) (i32.const 1)) (i32.sub (local.get $threads) (i32.const 1)))
    (then
      (i32.atomic.store (i32.const ${control.arrived}) (i32.const 0))
      (drop (i32.atomic.rmw.add (i32.const ${control.generation}) (i32.const 1)))
      (drop (memory.atomic.notify (i32.const ${control.generation}) (i32.const -1)))
      (return)))
  (call $await (i32.const ${control.generation}) (local.get $generation) (i64.const 1_000_000_000)))`;

/**
 * Waits until the number at an address is another: first by looking, then asleep, for so many nanoseconds at a time.
 * Traps where another thread has failed, which would never come, or where none comes for so many sleeps.
 *
 * The sleep is a function of its own, with a local that it does not use: V8's first compiler, in Node 20 at least, puts
 * the address of `memory.atomic.wait32` on the stack with 8 bytes where it has 4, and so over whatever was put there
 * before it. In the loop that was the count of sleeps, which never came to its end.
 */
export const awaitText = (
  sleeps = patience,
) => `(func $sleep (param $address i32) (param $known i32) (param $nanoseconds i64) (result i32)
  (local $overwritten i32)
  (memory.atomic.wait32 (local.get $address) (local.get $known) (local.get $nanoseconds)))
(func $await (param $address i32) (param $known i32) (param $nanoseconds i64)
  (local $left i32)
  (local.set $left (i32.const ${looks}))
  (loop $look
    (if (i32.ne (i32.atomic.load (local.get $address)) (local.get $known)) (then (return)))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $look (local.get $left)))
  (local.set $left (i32.const ${sleeps}))
  (loop $again
    (if (i32.atomic.load (i32.const ${control.failed})) (then (unreachable)))
    (if (i32.eq (call $sleep (local.get $address) (local.get $known) (local.get $nanoseconds)) (i32.const 2)) (then
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (if (i32.eqz (local.get $left)) (then
        (i32.atomic.store (i32.const ${control.failed}) (i32.const -1))
        (unreachable)))))
    (br_if $again (i32.eq (i32.atomic.load (local.get $address)) (local.get $known)))))`;

/**
 * `command(number, threads)` is for the thread that gives commands, and comes back when all have done their part;
 * `serve(thread, threads)` is for the others, and comes back at the end.
 */
export const commandsText = `(func (export "command") (param $number i32) (param $threads i32)
  (i32.store (i32.const ${control.command}) (local.get $number))
  (if (i32.gt_s (local.get $threads) (i32.const 1)) (then
    (drop (i32.atomic.rmw.add (i32.const ${control.commands}) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const ${control.commands}) (i32.const -1)))))
  (if (i32.eq (local.get $number) (i32.const -1)) (then (return)))
  (call $run (local.get $number) (i32.const 0) (local.get $threads))
  (call $barrier (local.get $threads)))
(func (export "serve") (param $thread i32) (param $threads i32) (param $seen i32)
  (loop $next
    (call $await (i32.const ${control.commands}) (local.get $seen) (i64.const -1))
    (local.set $seen (i32.add (local.get $seen) (i32.const 1)))
    (if (i32.eq (i32.load (i32.const ${control.command})) (i32.const -1)) (then (return)))
    (call $run (i32.load (i32.const ${control.command})) (local.get $thread) (local.get $threads))
    (call $barrier (local.get $threads))
    (br $next)))`;
