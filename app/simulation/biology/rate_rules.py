"""Learning rules for firing rates: Hebb, covariance, Oja, BCM; their averaged flows, exact, and runs on random samples. No numba.

A cell y = w·x with n inputs x. Averaged flows replace the inputs by their statistics, which is what the rules do for small
eta; they are solved in closed form, BCM (which has none) to a tolerance of 1e-11. Time is in the unit of 1/eta.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec
import numpy as np

from app.simulation.biology.adaptive_steps import integrate
from trainers.errors import BadInput

RateRule = Literal["hebb", "covariance", "oja", "bcm"]


class Cloud(msgspec.Struct, frozen=True):
    """Inputs that are normally distributed: mean (n,), covariance (n, n)."""

    mean: np.ndarray
    covariance: np.ndarray

    @property
    def second_moment(self) -> np.ndarray:
        """C = <x x'>, (n, n)."""
        return self.covariance + np.outer(self.mean, self.mean)

    def draw(self, count: int, generator: np.random.Generator) -> np.ndarray:
        """Samples, (count, n)."""
        values, vectors = np.linalg.eigh(self.covariance)
        spread = vectors * np.sqrt(np.maximum(values, 0.0))
        return np.asarray(self.mean + generator.standard_normal((count, self.mean.size)) @ spread.T)


class Patterns(msgspec.Struct, frozen=True):
    """Inputs that are one of a few patterns: rows (k, n), each with its probability (k,)."""

    rows: np.ndarray
    probabilities: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """<x>, (n,)."""
        return np.asarray(self.probabilities @ self.rows)

    @property
    def second_moment(self) -> np.ndarray:
        """C = <x x'>, (n, n)."""
        return np.asarray((self.rows.T * self.probabilities) @ self.rows)

    @property
    def covariance(self) -> np.ndarray:
        """C - <x><x>', (n, n)."""
        return self.second_moment - np.outer(self.mean, self.mean)

    def draw(self, count: int, generator: np.random.Generator) -> np.ndarray:
        """Samples, (count, n)."""
        return np.asarray(self.rows[generator.choice(self.rows.shape[0], size=count, p=self.probabilities)])


def cloud(covariance: np.ndarray, mean: np.ndarray | None = None) -> Cloud:
    """A cloud of inputs. Raises BadInput for a matrix that is not the covariance of anything."""
    matrix = np.asarray(covariance, dtype=np.float64)
    middle = np.zeros(matrix.shape[0]) if mean is None else np.asarray(mean, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape != (middle.size, middle.size):
        raise BadInput(
            f"A covariance of shape {matrix.shape} does not fit {middle.size} means: give n times n values for n means."
        )
    if not (np.isfinite(matrix).all() and np.isfinite(middle).all()):
        raise BadInput("A mean or covariance is not a number.")
    scale = max(1.0, float(np.abs(matrix).max()))
    if not np.allclose(matrix, matrix.T, rtol=0.0, atol=1e-12 * scale):
        raise BadInput("The covariance is not symmetric: the value in row i, column j must be that in row j, column i.")
    if np.linalg.eigvalsh(matrix)[0] < -1e-12 * scale:
        raise BadInput(
            "This matrix is no covariance, since some mix of the inputs would have a negative variance: bring the correlations nearer to 0."
        )
    return Cloud(middle, matrix)


def correlated_cloud(correlation: float, mean: float = 0.0) -> Cloud:
    """Two inputs of variance 1 with the given correlation, both around `mean`."""
    return cloud(np.array([[1.0, correlation], [correlation, 1.0]]), np.array([mean, mean]))


def patterns(rows: np.ndarray, probabilities: np.ndarray | None = None) -> Patterns:
    """Patterns (k, n), equally likely where nothing else is said. Raises BadInput for probabilities that are none."""
    table = np.atleast_2d(np.asarray(rows, dtype=np.float64))
    shares = (
        np.full(table.shape[0], 1.0 / table.shape[0])
        if probabilities is None
        else np.asarray(probabilities, dtype=np.float64)
    )
    if shares.shape != (table.shape[0],) or not (shares >= 0).all() or abs(shares.sum() - 1.0) > 1e-9:
        raise BadInput(
            f"Probabilities must be {table.shape[0]} values of at least 0 that add up to 1, one for each pattern."
        )
    if not np.isfinite(table).all():
        raise BadInput("A pattern has a value that is not a number.")
    return Patterns(table, shares)


def two_patterns(correlation: float) -> Patterns:
    """Two equally likely patterns of two inputs with <x x'> = [[1, c], [c, 1]]: the pair that BCM chooses from."""
    if not -1.0 <= correlation <= 1.0:
        raise BadInput(f"A correlation of {correlation} is outside -1 to 1.")
    angle = math.asin(correlation) / 2.0
    near, far = math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)
    return patterns(np.array([[near, far], [far, near]]))


def hebb_flow(matrix: np.ndarray, w0: np.ndarray, eta: float, times: np.ndarray) -> np.ndarray:
    """dw/dt = eta C w, exactly: w = exp(eta C t) w0, (times, n). Grows without bounds, to infinity where it leaves float64.

    With C = <x x'> Hebb's rule eta x y; with C the covariance of x the rule eta (x - <x>)(y - <y>).
    """
    values, vectors = np.linalg.eigh(matrix)
    with np.errstate(over="ignore", invalid="ignore"):
        growing = np.exp(eta * np.outer(times, values))
        parts = vectors.T @ w0
        return np.asarray(np.where(parts == 0.0, 0.0, growing * parts) @ vectors.T)


def oja_flow(matrix: np.ndarray, w0: np.ndarray, eta: float, times: np.ndarray) -> np.ndarray:
    """dw/dt = eta (C w - (w'C w) w), exactly, (times, n): Oja 1982, J Math Biol 15:267. Settles on the unit top eigenvector.

    With z = exp(eta C t) w0 the solution is w = z / sqrt(1 + |z|^2 - |w0|^2): the derivative of |z|^2 is 2 eta z'C z.
    """
    values, vectors = np.linalg.eigh(matrix)
    parts = vectors.T @ w0
    there = parts != 0.0
    if not there.any():
        return np.zeros((times.size, w0.size))
    values = np.maximum(values[there], 0.0)
    top = values[-1]
    z = np.exp(eta * np.outer(times, values - top)) * parts[there]  # over exp(top t), so that nothing overflows
    rest = (1.0 - w0 @ w0) * np.exp(-2.0 * eta * times * top)
    return np.asarray((z / np.sqrt(rest + (z * z).sum(axis=1))[:, None]) @ vectors[:, there].T)


def bcm_flow(
    inputs: Patterns, w0: np.ndarray, theta0: float, eta: float, tau_theta: float, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """dw/dt = eta <x y (y - theta)>, dtheta/dt = (<y^2> - theta)/tau_theta over the patterns: weights (times, n), theta (times,).

    Bienenstock, Cooper & Munro 1982, J Neurosci 2:32, with the threshold of Intrator & Cooper 1992. NaN after it ran away,
    which it does where tau_theta is long beside 1/eta.
    """
    rows, shares = inputs.rows, inputs.probabilities

    def flow(state: np.ndarray) -> np.ndarray:
        y = rows @ state[:-1]
        weighted = shares * y
        return np.append(eta * ((weighted * (y - state[-1])) @ rows), (weighted @ y - state[-1]) / tau_theta)

    path = integrate(flow, np.append(w0, theta0), times)
    return path[:, :-1], path[:, -1]


def sampled_run(
    rule: RateRule,
    inputs: Cloud | Patterns,
    w0: np.ndarray,
    eta: float,
    dt: float,
    steps: int,
    seed: int,
    theta0: float,
    tau_theta: float,
) -> tuple[np.ndarray, np.ndarray]:
    """One input drawn per step of length dt, and the rule itself: weights (steps + 1, n), theta (steps + 1,; NaN but for BCM).

    The means that the covariance rule takes off are the true ones. Rows after a run-away beyond 1e12 are NaN.
    """
    samples = inputs.draw(steps, np.random.default_rng(seed))
    mean = inputs.mean
    weights = np.full((steps + 1, w0.size), np.nan)
    thetas = np.full(steps + 1, np.nan)
    w, theta, rate = w0.astype(np.float64), theta0, eta * dt
    weights[0], thetas[0] = w, theta
    for k, x in enumerate(samples, start=1):
        y = float(w @ x)
        if rule == "hebb":
            w = w + rate * y * x
        elif rule == "covariance":
            w = w + rate * (y - float(w @ mean)) * (x - mean)
        elif rule == "oja":
            w = w + rate * y * (x - y * w)
        else:
            w = w + rate * y * (y - theta) * x
            theta += (y * y - theta) * -math.expm1(-dt / tau_theta)
        if not float(np.abs(w).max()) < 1e12:
            break
        weights[k], thetas[k] = w, theta
    return weights, thetas if rule == "bcm" else np.full(steps + 1, np.nan)


def pair_flow(
    rule: RateRule, correlation: float, mean: float, sd: float, w0: float, eta: float, times: np.ndarray
) -> np.ndarray:
    """The one weight between two cells that something else makes fire, exactly, (times,): dw/dt = drive - decay w.

    x and y are normal with the same mean m and sd s and the correlation c, so <x y> = m^2 + c s^2 and <y^2> = m^2 + s^2.
    Hebb eta <xy> (always up, unless m is small); covariance eta c s^2 (up together, down apart); Oja eta (<xy> - w <y^2>);
    BCM eta <x y (y - theta)> with theta = <y^2>/m, which comes to eta c s^2 (m^2 - s^2)/m.
    """
    if not -1.0 <= correlation <= 1.0:
        raise BadInput(f"A correlation of {correlation} is outside -1 to 1.")
    if not (sd > 0 and mean >= 0):
        raise BadInput(f"Two cells need a mean rate of at least 0 and a spread above 0, not {mean} and {sd}.")
    shared = correlation * sd * sd
    if rule == "bcm":
        if mean == 0:
            raise BadInput("BCM between two given cells needs a mean rate above 0.")
        drive = eta * shared * (mean * mean - sd * sd) / mean
    else:
        drive = eta * (shared if rule == "covariance" else mean * mean + shared)
    decay = eta * (mean * mean + sd * sd) if rule == "oja" else 0.0
    if decay == 0.0:
        return w0 + drive * times
    return w0 - np.expm1(-decay * times) * (drive / decay - w0)


def sliding_threshold(theta0: float, rate: float, seconds: float, tau_s: float, natural_rate: float) -> float:
    """Metaplasticity: theta after `seconds` of firing at `rate`: d theta/dt = (rate^2/natural_rate - theta)/tau_s, exactly.

    A cell that always fires at natural_rate has theta = natural_rate; a busy past raises it, silence lowers it. Rates in Hz.
    """
    target = rate * rate / natural_rate
    return target + (theta0 - target) * math.exp(-seconds / tau_s)
