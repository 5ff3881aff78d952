;; Reads bytes that literal-scanner.ts lays at `text`, 16 at a time.
;; 0..127      for each of the 4 bytes of a window two tables of 16: which of 8 buckets a low and a high half byte allows
;; 128..8319   a bit for each hash of a window that starts a literal
;; 8320        where found windows are written, an i32 each
;; 270592      the text, with room for 19 bytes behind it
(module
  (memory (export "memory") 6)
  ;; Starts in [from, to) of windows that may start a literal; the bytes up to to + 18 are read.
  (func (export "findWindows") (param $from i32) (param $to i32) (result i32)
    (local $l0 v128) (local $l1 v128) (local $l2 v128) (local $l3 v128)
    (local $h0 v128) (local $h1 v128) (local $h2 v128) (local $h3 v128)
    (local $low v128) (local $v v128) (local $m v128)
    (local $bits i32) (local $at i32) (local $hash i32) (local $out i32)
    (local.set $low (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15))
    (local.set $l0 (v128.load (i32.const 0)))
    (local.set $h0 (v128.load (i32.const 16)))
    (local.set $l1 (v128.load (i32.const 32)))
    (local.set $h1 (v128.load (i32.const 48)))
    (local.set $l2 (v128.load (i32.const 64)))
    (local.set $h2 (v128.load (i32.const 80)))
    (local.set $l3 (v128.load (i32.const 96)))
    (local.set $h3 (v128.load (i32.const 112)))
    (local.set $out (i32.const 8320))
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $v (v128.load (local.get $from)))
        (local.set $m (v128.and
          (i8x16.swizzle (local.get $l0) (v128.and (local.get $v) (local.get $low)))
          (i8x16.swizzle (local.get $h0) (i8x16.shr_u (local.get $v) (i32.const 4)))))
        (local.set $v (v128.load offset=1 (local.get $from)))
        (local.set $m (v128.and (local.get $m) (v128.and
          (i8x16.swizzle (local.get $l1) (v128.and (local.get $v) (local.get $low)))
          (i8x16.swizzle (local.get $h1) (i8x16.shr_u (local.get $v) (i32.const 4))))))
        (local.set $v (v128.load offset=2 (local.get $from)))
        (local.set $m (v128.and (local.get $m) (v128.and
          (i8x16.swizzle (local.get $l2) (v128.and (local.get $v) (local.get $low)))
          (i8x16.swizzle (local.get $h2) (i8x16.shr_u (local.get $v) (i32.const 4))))))
        (local.set $v (v128.load offset=3 (local.get $from)))
        (local.set $m (v128.and (local.get $m) (v128.and
          (i8x16.swizzle (local.get $l3) (v128.and (local.get $v) (local.get $low)))
          (i8x16.swizzle (local.get $h3) (i8x16.shr_u (local.get $v) (i32.const 4))))))
        (if (v128.any_true (local.get $m))
          (then
            (local.set $bits (i32.xor (i32.const 0xffff)
              (i8x16.bitmask (i8x16.eq (local.get $m) (v128.const i64x2 0 0)))))
            (loop $candidate
              (local.set $at (i32.add (local.get $from) (i32.ctz (local.get $bits))))
              (local.set $hash (i32.shr_u
                (i32.mul (i32.or (i32.load (local.get $at)) (i32.const 0x20202020)) (i32.const 0x9e3779b1))
                (i32.const 16)))
              (if (i32.and
                    (i32.shr_u
                      (i32.load8_u offset=128 (i32.shr_u (local.get $hash) (i32.const 3)))
                      (i32.and (local.get $hash) (i32.const 7)))
                    (i32.const 1))
                (then
                  (if (i32.lt_u (local.get $at) (local.get $to))
                    (then
                      (i32.store (local.get $out) (local.get $at))
                      (local.set $out (i32.add (local.get $out) (i32.const 4)))))))
              (br_if $candidate (local.tee $bits
                (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next)))
    (i32.shr_u (i32.sub (local.get $out) (i32.const 8320)) (i32.const 2)))
  ;; How many bytes in [from, to) are a line end.
  (func (export "countLineEnds") (param $from i32) (param $to i32) (result i32)
    (local $count i32)
    (block $rest
      (loop $next
        (br_if $rest (i32.gt_u (i32.add (local.get $from) (i32.const 16)) (local.get $to)))
        (local.set $count (i32.add (local.get $count) (i32.popcnt
          (i8x16.bitmask (i8x16.eq (v128.load (local.get $from))
            (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))))))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (br $next)))
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $count (i32.add (local.get $count) (i32.eq (i32.load8_u (local.get $from)) (i32.const 10))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $next)))
    (local.get $count)))
