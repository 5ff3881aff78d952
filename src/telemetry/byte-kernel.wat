;; Looks for literals in bytes, 32 at a time, and counts line ends on the way. A window is the part of a literal by which
;; it is found: 5 bytes, of which those behind a shorter literal's end may be any. It is met at its last byte.
;; Behind $tables (literal-tables.ts writes them):
;;   0     for each byte of a window a table of 16: which of 8 buckets its low half allows; 5 x 16
;;   80    for bytes 1 and 2 together likewise: which buckets bits 4 and 6 of both allow; 16
;;   96    16 times each of 10, 15 and 5: written out in the loop they would be made anew each time
;;   144   each byte in lower case; 256
;;   400   for each hash of a window's first 3 bytes the number of the first literal, 0 for none; 4096 x 2
;;   8592  the literals from number 1 on, 36 each: the next one's number (2), where in it its window starts (1), how many
;;         bytes of it are compared (1), these (32)
(module
  (memory (export "memory") 5)
  ;; Of the last call: how many line ends it counted, and the end of what it wrote.
  (global $lines (export "lines") (mut i32) (i32.const 0))
  (global $written (export "written") (mut i32) (i32.const 0))
  ;; Writes for each literal in [low, high) whose window starts in [from, to): where it starts, its number, and how many
  ;; line ends stand in [from, its window). Bytes up to to + 35 are read. Ends before $to where $most is reached; where it
  ;; ended, to which $lines counts.
  (func (export "find") (param $tables i32) (param $from i32) (param $to i32) (param $low i32) (param $high i32)
    (param $out i32) (param $most i32) (result i32)
    (local $t0 v128) (local $t1 v128) (local $t2 v128) (local $t3 v128) (local $t4 v128) (local $t12 v128)
    (local $lineEnds v128) (local $low4 v128) (local $bits0and2 v128)
    (local $v v128) (local $half v128) (local $pair v128) (local $metA v128) (local $metB v128)
    (local $kindA v128) (local $m0A v128) (local $m1A v128) (local $m2A v128) (local $m3A v128)
    (local $kindB v128) (local $m0B v128) (local $m1B v128) (local $m2B v128) (local $m3B v128)
    (local $endsA i32) (local $endsB i32) (local $ends i64) (local $counted i32) (local $before i32)
    (local $bits i32) (local $at i32) (local $literal i32) (local $start i32) (local $length i32)
    (local.set $t0 (v128.load (local.get $tables)))
    (local.set $t1 (v128.load offset=16 (local.get $tables)))
    (local.set $t2 (v128.load offset=32 (local.get $tables)))
    (local.set $t3 (v128.load offset=48 (local.get $tables)))
    (local.set $t4 (v128.load offset=64 (local.get $tables)))
    (local.set $t12 (v128.load offset=80 (local.get $tables)))
    (local.set $lineEnds (v128.load offset=96 (local.get $tables)))
    (local.set $low4 (v128.load offset=112 (local.get $tables)))
    (local.set $bits0and2 (v128.load offset=128 (local.get $tables)))
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $from) (i32.add (local.get $to) (i32.const 4))))
        ;; 16 bytes: what is named A is of these, B of the 16 before. $m1 says where bytes 0 and 1 of a window end, $m3 bytes 2 and 3.
        (local.set $v (v128.load (local.get $from)))
        (local.set $endsA (i8x16.bitmask (i8x16.eq (local.get $v) (local.get $lineEnds))))
        (local.set $half (v128.and (local.get $v) (local.get $low4)))
        (local.set $kindA (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $bits0and2)))
        (local.set $pair (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
          (local.get $kindB) (local.get $kindA)))
        (local.set $pair (v128.or (local.get $kindA) (i8x16.add (local.get $pair) (local.get $pair))))
        (local.set $m0A (i8x16.swizzle (local.get $t0) (local.get $half)))
        (local.set $m1A (v128.and
          (i8x16.swizzle (local.get $t1) (local.get $half))
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $m0B) (local.get $m0A))))
        (local.set $m2A (v128.and
          (i8x16.swizzle (local.get $t2) (local.get $half))
          (i8x16.swizzle (local.get $t12) (local.get $pair))))
        (local.set $m3A (v128.and
          (i8x16.swizzle (local.get $t3) (local.get $half))
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $m2B) (local.get $m2A))))
        (local.set $metA (v128.and
          (v128.and
            (i8x16.swizzle (local.get $t4) (local.get $half))
            (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
              (local.get $m3B) (local.get $m3A)))
          (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28
            (local.get $m1B) (local.get $m1A))))
        ;; The next 16 likewise, with A and B changed.
        (local.set $v (v128.load offset=16 (local.get $from)))
        (local.set $endsB (i8x16.bitmask (i8x16.eq (local.get $v) (local.get $lineEnds))))
        (local.set $half (v128.and (local.get $v) (local.get $low4)))
        (local.set $kindB (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $bits0and2)))
        (local.set $pair (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
          (local.get $kindA) (local.get $kindB)))
        (local.set $pair (v128.or (local.get $kindB) (i8x16.add (local.get $pair) (local.get $pair))))
        (local.set $m0B (i8x16.swizzle (local.get $t0) (local.get $half)))
        (local.set $m1B (v128.and
          (i8x16.swizzle (local.get $t1) (local.get $half))
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $m0A) (local.get $m0B))))
        (local.set $m2B (v128.and
          (i8x16.swizzle (local.get $t2) (local.get $half))
          (i8x16.swizzle (local.get $t12) (local.get $pair))))
        (local.set $m3B (v128.and
          (i8x16.swizzle (local.get $t3) (local.get $half))
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $m2A) (local.get $m2B))))
        (local.set $metB (v128.and
          (v128.and
            (i8x16.swizzle (local.get $t4) (local.get $half))
            (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
              (local.get $m3A) (local.get $m3B)))
          (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28
            (local.get $m1A) (local.get $m1B))))
        ;; Of the 32 bytes before and of these a bit for each line end.
        (local.set $counted (i32.add (local.get $counted) (i32.popcnt (i32.wrap_i64 (local.get $ends)))))
        (local.set $ends (i64.or
          (i64.shr_u (local.get $ends) (i64.const 32))
          (i64.shl
            (i64.extend_i32_u (i32.or (local.get $endsA) (i32.shl (local.get $endsB) (i32.const 16))))
            (i64.const 32))))
        (if (v128.any_true (v128.or (local.get $metA) (local.get $metB)))
          (then
            (local.set $bits (i32.xor (i32.const -1) (i32.or
              (i8x16.bitmask (i8x16.eq (local.get $metA) (v128.const i64x2 0 0)))
              (i32.shl (i8x16.bitmask (i8x16.eq (local.get $metB) (v128.const i64x2 0 0))) (i32.const 16)))))
            (loop $candidate
              (local.set $at (i32.sub (i32.add (local.get $from) (i32.ctz (local.get $bits))) (i32.const 4)))
              (local.set $literal (i32.load16_u offset=400 (i32.add (local.get $tables) (i32.shl
                (i32.shr_u
                  (i32.mul
                    (i32.and (i32.or (i32.load (local.get $at)) (i32.const 0x202020)) (i32.const 0xffffff))
                    (i32.const 0x9e3779b1))
                  (i32.const 20))
                (i32.const 1)))))
              (if (i32.and (i32.ne (local.get $literal) (i32.const 0)) (i32.lt_u (local.get $at) (local.get $to)))
                (then
                  (local.set $before (i32.add (local.get $counted) (i32.wrap_i64 (i64.popcnt (i64.and
                    (local.get $ends)
                    (i64.sub
                      (i64.shl (i64.const 1) (i64.add (i64.extend_i32_u (i32.ctz (local.get $bits))) (i64.const 28)))
                      (i64.const 1)))))))
                  (if (i32.ge_u (local.get $out) (local.get $most))
                    (then
                      (global.set $lines (local.get $before))
                      (global.set $written (local.get $out))
                      (return (local.get $at))))
                  (loop $chain
                    (i32.store offset=4 (local.get $out) (local.get $literal))
                    (i32.store offset=8 (local.get $out) (local.get $before))
                    (local.set $literal
                      (i32.add (local.get $tables) (i32.mul (local.get $literal) (i32.const 36))))
                    (local.set $start (i32.sub (local.get $at) (i32.load8_u offset=8558 (local.get $literal))))
                    (local.set $length (i32.load8_u offset=8559 (local.get $literal)))
                    (i32.store (local.get $out) (local.get $start))
                    (block $differs
                      (br_if $differs (i32.lt_u (local.get $start) (local.get $low)))
                      (br_if $differs
                        (i32.gt_u (i32.add (local.get $start) (local.get $length)) (local.get $high)))
                      (loop $compare
                        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
                        (br_if $differs (i32.ne
                          (i32.load8_u offset=8560 (i32.add (local.get $literal) (local.get $length)))
                          (i32.load8_u offset=144 (i32.add (local.get $tables)
                            (i32.load8_u (i32.add (local.get $start) (local.get $length)))))))
                        (br_if $compare (local.get $length)))
                      (local.set $out (i32.add (local.get $out) (i32.const 12))))
                    (local.set $literal (i32.load16_u offset=8556 (local.get $literal)))
                    (br_if $chain (local.get $literal)))))
              (br_if $candidate (local.tee $bits
                (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br $next)))
    (global.set $lines (i32.add (local.get $counted) (i32.wrap_i64 (i64.popcnt (i64.and
      (local.get $ends)
      (i64.sub
        (i64.shl
          (i64.const 1)
          (i64.extend_i32_u (i32.sub (i32.add (local.get $to) (i32.const 64)) (local.get $from))))
        (i64.const 1)))))))
    (global.set $written (local.get $out))
    (local.get $to)))
