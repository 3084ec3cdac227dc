"""Pages about ReLU and what is made of straight pieces or of an exponential left of 0. Plain data; imports neither torch nor Qt."""

from __future__ import annotations

from app.simulation.activation_page import Claim, Page, curves, depth, maxout, race, slopes

RECTIFIERS: dict[str, Page] = {
    "relu": Page(
        (
            Claim("Right of 0 the slope is exactly 1, so that a gradient passes undiminished.", slopes("relu")),
            Claim(
                "With He's initialisation a signal is neither lost nor blown up in 50 layers: of a normal input's mean square "
                "ReLU keeps half, and He's weights double it.",
                depth("relu", "he", 50),
            ),
        ),
        (Claim("One comparison for each number; of a normal input half the outputs are exactly 0.", curves("relu")),),
        (
            Claim(
                "Left of 0 the derivative is 0: a unit that is negative for every input learns nothing any more and is dead.",
                race("relu", "leaky_relu", learning_rate=1.0),
            ),
            Claim(
                "With Xavier's initialisation every layer halves the mean square: after 20 layers about a millionth is left.",
                depth("relu", "xavier", 20),
            ),
            Claim("It is not zero-centred: the mean output for a normal input is 0.40.", curves("relu", "elu", "selu")),
        ),
    ),
    "leaky_relu": Page(
        (
            Claim(
                "Left of 0 a tenth of the slope is left, so that no unit can die.",
                race("relu", "leaky_relu", learning_rate=1.0),
            ),
            Claim("It is a Maxout of two lines, 0.1 x and x.", maxout("leaky_relu")),
        ),
        (Claim("One comparison and one multiplication for each number.", curves("relu", "leaky_relu")),),
        (
            Claim(
                "With a slope of 1 it is the identity, and layers on top of each other are one linear map.",
                curves("leaky_relu", parameters={"leaky_relu": {"negative_slope": 1.0}}),
            ),
            Claim(
                "With a slope below 0 it turns round at 0: two inputs give the same output.",
                curves("leaky_relu", parameters={"leaky_relu": {"negative_slope": -0.5}}),
            ),
        ),
    ),
    "prelu": Page(
        (
            Claim(
                "The slope left of 0 is learnt like a weight instead of chosen.",
                curves("leaky_relu", "prelu"),
            ),
        ),
        (Claim("As a leaky ReLU, and one more weight for each layer or each channel.", curves("leaky_relu", "prelu")),),
        (
            Claim(
                "Weight decay pulls the learnt slope towards 0, back to a ReLU.",
                curves("prelu", "relu", parameters={"prelu": {"init": 0.02}}),
            ),
            Claim(
                "Nothing keeps the slope from growing beyond 1, where negative inputs are amplified.",
                curves("prelu", parameters={"prelu": {"init": 1.5}}),
            ),
        ),
    ),
    "rrelu": Page(
        (
            Claim(
                "In training the slope left of 0 is drawn anew each time, which hampers learning by heart; afterwards the mean "
                "slope stands, 0.229 with PyTorch's bounds.",
                curves("rrelu", "leaky_relu"),
            ),
        ),
        (Claim("As a leaky ReLU, and in training a random number for each input.", curves("rrelu")),),
        (
            Claim(
                "Training and use differ: the same input gives another output each time while it trains.",
                curves(
                    "rrelu",
                    "leaky_relu",
                    "prelu",
                    parameters={"leaky_relu": {"negative_slope": 0.125}, "prelu": {"init": 1 / 3}},
                ),
            ),
        ),
    ),
    "relu6": Page(
        (
            Claim(
                "Nothing above 6 comes out, so that few bits can hold every output: good for arithmetic of low precision.",
                curves("relu", "relu6", reach=10.0),
            ),
        ),
        (Claim("Two comparisons for each number.", curves("relu6", reach=10.0)),),
        (
            Claim(
                "Its derivative is 0 on both sides, below 0 and from 6 upwards: a unit can die at either end.",
                slopes("relu6", reach=10.0, threshold=0.05),
            ),
        ),
    ),
    "elu": Page(
        (
            Claim(
                "Negative outputs bring the mean closer to 0: 0.16 for a normal input, against ReLU's 0.40.",
                curves("elu", "relu"),
            ),
            Claim("For α = 1 it has no kink: both sides meet with slope 1.", slopes("elu")),
        ),
        (Claim("An exponential left of 0, nothing but a comparison right of it.", curves("elu")),),
        (
            Claim(
                "Far left it saturates at −α: left of −5 its slope is below 0.007 (α = 1).",
                slopes("elu", threshold=0.007),
            ),
            Claim(
                "For any other α the slope jumps at 0, from α to 1.",
                curves("elu", derivative=True, parameters={"elu": {"alpha": 2.0}}),
            ),
            Claim("With He's initialisation the signal grows from layer to layer.", depth("elu", "he", 20)),
        ),
    ),
    "celu": Page(
        (
            Claim(
                "An ELU stretched so that the slope at 0 is 1 whatever α is.",
                curves("celu", "elu", derivative=True, parameters={"celu": {"alpha": 3.0}, "elu": {"alpha": 3.0}}),
            ),
        ),
        (Claim("As an ELU, and one division left of 0.", curves("celu", "elu")),),
        (
            Claim("Left of −4.7 α the slope is below 0.01: it saturates at −α.", slopes("celu", threshold=0.01)),
            Claim("With the default α = 1 it is the ELU itself.", curves("celu", "elu")),
        ),
    ),
    "selu": Page(
        (
            Claim(
                "Its two constants make mean 0 and variance 1 a fixed point: a normal input keeps both, through 50 layers with "
                "LeCun's initialisation.",
                depth("selu", "lecun", 50),
            ),
        ),
        (Claim("As an ELU, and one multiplication.", curves("selu", "elu")),),
        (
            Claim(
                "It needs weights of variance 1/n: with He's initialisation the signal blows up, its mean square more than a hundredfold in 50 layers.",
                depth("selu", "he", 50),
            ),
            Claim("The slope jumps at 0, from 1.758 to 1.051.", slopes("selu")),
        ),
    ),
    "threshold": Page(
        (
            Claim(
                "Silences everything up to a threshold of one's choice; with a threshold and a value of 0 it is ReLU.",
                curves("threshold", "relu", parameters={"threshold": {"threshold": 1.0, "value": 0.0}}),
            ),
        ),
        (Claim("One comparison for each number.", curves("threshold")),),
        (
            Claim(
                "Unless both parameters are equal it jumps: inputs that hardly differ give outputs that do.",
                curves("threshold", parameters={"threshold": {"threshold": 1.0, "value": 0.0}}),
            ),
            Claim(
                "Below the threshold the derivative is 0, and a unit can die there.",
                slopes("threshold", threshold=0.05),
            ),
        ),
    ),
    "maxout": Page(
        (
            Claim("The largest of k straight lines: the unit learns its own shape, |x| for one.", maxout("abs")),
            Claim("ReLU is the Maxout of 0 and x.", maxout("relu")),
            Claim(
                "With enough lines it comes as close as one likes to any convex curve, x² for one.", maxout("square")
            ),
        ),
        (Claim("k lines take k times the weights and the multiplications of one.", maxout("square")),),
        (
            Claim("It never bends downwards: no single unit can be a sigmoid or a tanh.", curves("maxout", "tanh")),
            Claim(
                "A line that lies below the others everywhere gets no gradient.",
                curves("maxout", parameters={"maxout": {"w1": 1.0, "b1": 0.0, "w2": 1.0, "b2": -2.0}}),
            ),
        ),
    ),
}
