"""What is counted, summed and chosen over the numbers of one layer, compiled: each kernel goes over them once. Loads numba: for workers only.

All sums are taken in double precision, which squares whatever single precision can hold. Of 65,536 numbers, on one core of a shared
virtual machine: measured in 26 microseconds, counted in 51, silence in 18; in torch's and numpy's own passes it took 210, 230 and 60.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from trainers.kernel_cache import cache_folder_of, prepared
from trainers.kernel_compiling import compile_kernel

_AT_ONCE = 1024  # numbers whose bins are found before they are counted: 2 KB
_MOST_OF_A_PAIR = 80  # places whose pairs are counted together: 26 KB
_FOLDER = prepared(cache_folder_of([Path(__file__)]))

# Loops go by number and conditions are expressions, or the compiler does not take several numbers at a time: `for row in values`
# made the first of these four times slower.


def _measure(values: np.ndarray) -> tuple[float, float, float, float, float]:
    """Least, greatest, mean, variance over all, and variance down the columns in the mean over them, of float32 (rows, columns).

    The variances are not finite where a number is not. Each column is compared with its first number: rows that are all the same
    differ by exactly 0, and a small difference about a large mean keeps its digits.
    """
    rows, columns = values.shape
    first, shift, square = np.empty(columns), np.zeros(columns), np.zeros(columns)
    low, high = np.empty(columns, np.float32), np.empty(columns, np.float32)
    for j in range(columns):
        first[j] = low[j] = high[j] = values[0, j]
    for i in range(rows):
        row = values[i]
        for j in range(columns):
            number = row[j]
            difference = np.float64(number) - first[j]
            shift[j] += difference
            square[j] += difference * difference
            low[j] = number if number < low[j] else low[j]
            high[j] = number if number > high[j] else high[j]
    least, greatest, mean, within, apart = low[0], high[0], 0.0, 0.0, 0.0
    for j in range(columns):
        least = low[j] if low[j] < least else least
        greatest = high[j] if high[j] > greatest else greatest
        moved = shift[j] / rows
        spread = square[j] / rows - moved * moved
        within += 0.0 if spread < 0.0 else spread
        first[j] += moved
        mean += first[j] / columns
    for j in range(columns):
        apart += (first[j] - mean) * (first[j] - mean)
    within /= columns
    return np.float64(least), np.float64(greatest), mean, within + apart / columns, within


def _count(numbers: np.ndarray, bins: int, low: float, high: float) -> np.ndarray:
    """int64 (bins,): how many of float32 (n,) lie in each of `bins` equal parts of low to high, both inside; outside in none.

    Two numbers at a time are counted as one pair where there are few bins: half as many steps that wait for one another.
    """
    places = bins + 1  # the last one is that of what lies outside
    in_pairs = places <= _MOST_OF_A_PAIR
    stride, scale, last, outside = np.uint32(places), bins / (high - low), bins - 1.0, np.float64(bins)
    table = np.zeros(places * places if in_pairs else places, np.int32)
    place = np.empty(_AT_ONCE, np.uint16)
    for begin in range(0, len(numbers), _AT_ONCE):
        part = numbers[begin : begin + _AT_ONCE]
        size = len(part)
        for i in range(size):
            number = np.float64(part[i])
            found: float = (number - low) * scale
            found = found if found < last else last
            found = outside if number < low else found
            found = outside if number > high else found
            place[i] = np.uint16(np.int32(found))
        if not in_pairs:
            for i in range(size):
                table[place[i]] += 1
            continue
        if size % 2:
            place[size] = bins
        for i in range(0, size, 2):
            table[place[i] * stride + place[i + 1]] += 1
    counts = np.zeros(places, np.int64)
    for one in range(places):
        if not in_pairs:
            counts[one] = table[one]
            continue
        for other in range(places):
            times = table[one * places + other]
            counts[one] += times
            counts[other] += times
    return counts[:bins]


def _silence(slopes: np.ndarray, threshold: float) -> tuple[int, int]:
    """Of float32 (rows, columns): columns in which every number is 0, and numbers whose size is below `threshold`."""
    rows, columns = slopes.shape
    is_alive = np.zeros(columns, np.int8)
    limit = np.float32(threshold)
    small = dead = 0
    for i in range(rows):
        row = slopes[i]
        here = 0
        for j in range(columns):
            is_alive[j] |= np.int8(row[j] != 0)
            here += 1 if abs(row[j]) < limit else 0
        small += here
    for j in range(columns):
        dead += 1 - is_alive[j]
    return dead, small


def _larger(sums: np.ndarray, value: np.ndarray, share: np.ndarray) -> None:
    """Of float32 sums (rows, 2 * columns) the larger of each pair, i and columns + i, and the first one's share of the gradient.

    As autograd has it: 1 where the first is larger, half where both are the same, NaN where one is.
    """
    rows, columns = value.shape
    one, half, zero = np.float32(1.0), np.float32(0.5), np.float32(0.0)
    for i in range(rows):
        first, second, row, part = sums[i, :columns], sums[i, columns:], value[i], share[i]
        for j in range(columns):
            a, b = first[j], second[j]
            found = a if a >= b else b
            found = a if a != a else found
            row[j] = found
            lead = one if a > b else zero
            lead = half if a == b else lead
            part[j] = found if found != found else lead


def _share(share: np.ndarray, gradient: np.ndarray, sums: np.ndarray) -> None:
    """Back: `gradient` (rows, columns) to the sums (rows, 2 * columns). One loop that wrote to both took four times as long."""
    rows, columns = gradient.shape
    for i in range(rows):
        row, part, first, second = gradient[i], share[i], sums[i, :columns], sums[i, columns:]
        for j in range(columns):
            first[j] = row[j] * part[j]
        for j in range(columns):
            second[j] = row[j] - first[j]


def _exponential(
    sums: np.ndarray, value: np.ndarray, slope: np.ndarray, alpha: float, scale: float, inner: float
) -> None:
    """scale times: x above 0, else alpha (exp(inner x) - 1), and its derivative, of float32 (rows, columns); 1e-7 of each is lost.

    exp(y) = 2^n exp(r) with n the whole number next to y/ln 2, ln 2 taken from y in two parts and exp(r) - 1 as r and six more terms
    of its series: both exp(y) and exp(y) - 1 keep all their digits, next to 0 and far out.
    """
    rows, columns = value.shape
    one, half, zero, ends = np.float32(1.0), np.float32(0.5), np.float32(0.0), np.float32(-88.0)
    per_unit, coarse, fine = (
        np.float32(1.0 / math.log(2.0)),
        np.float32(0.693359375),
        np.float32(-2.12194440054690581e-4),
    )
    third, fourth, fifth = np.float32(1.0 / 6.0), np.float32(1.0 / 24.0), np.float32(1.0 / 120.0)
    sixth, seventh = np.float32(1.0 / 720.0), np.float32(1.0 / 5040.0)
    above, below, within = np.float32(scale), np.float32(scale * alpha), np.float32(inner)
    steep = np.float32(scale * alpha * inner)
    for i in range(rows):
        row, values, slopes = sums[i], value[i], slope[i]
        for j in range(columns):
            x = row[j]
            y = x * within
            y = y if y < zero else zero
            y = y if y > ends else ends
            n = np.int32(y * per_unit - half)
            whole = np.float32(n)
            r = (y - whole * coarse) - whole * fine
            rest = (((seventh * r + sixth) * r + fifth) * r + fourth) * r + third
            less = (rest * r + half) * r * r + r
            power = np.int32((n + np.int32(127)) << np.int32(23)).view(np.float32)
            found = above * x if x > zero else below * (power * less + (power - one))
            steepness = above if x > zero else steep * (power * less + power)
            values[j] = x if x != x else found
            slopes[j] = x if x != x else steepness


measure = compile_kernel(_measure, _FOLDER)
count = compile_kernel(_count, _FOLDER)
silence = compile_kernel(_silence, _FOLDER)
larger = compile_kernel(_larger, _FOLDER)
share = compile_kernel(_share, _FOLDER)
exponential = compile_kernel(_exponential, _FOLDER)


def load() -> None:
    """Fetch the kernels from where they are kept, or compile them."""
    few = np.arange(6, dtype=np.float32).reshape(2, 3)
    measure(few)
    count(few.reshape(-1), 2, 0.0, 5.0)
    silence(few, 0.5)
    larger(np.zeros((2, 6), np.float32), few, few.copy())
    share(few, few.copy(), np.zeros((2, 6), np.float32))
    exponential(few, few.copy(), few.copy(), 1.0, 1.0, 1.0)
