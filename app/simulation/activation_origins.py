"""Who proposed each activation function, when and where: only what is known for sure. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Who proposed a function, when and where. year None and inventor "" where that is unclear; source: what can be cited."""

    year: int | None
    inventor: str
    source: str


_SHAZEER = Origin(2020, "Noam Shazeer", "Shazeer 2020, GLU Variants Improve Transformer, arXiv:2002.05202")
_HOWARD = "Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244"

ORIGINS: dict[str, Origin] = {
    "sigmoid": Origin(
        1838,
        "Pierre François Verhulst",
        "Verhulst 1838, Correspondance mathématique et physique 10:113, as a law of growth; "
        "in networks trained by backpropagation: Rumelhart, Hinton & Williams 1986, Nature 323:533",
    ),
    "tanh": Origin(
        None,
        "",
        "Origin in networks unclear; recommended for them by LeCun, Bottou, Orr & Müller 1998, Efficient BackProp",
    ),
    "relu": Origin(
        1969,
        "Kunihiko Fukushima",
        "Fukushima 1969, IEEE Trans. Systems Science and Cybernetics 5:322; "
        "taken up by Nair & Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines, ICML",
    ),
    "leaky_relu": Origin(
        2013,
        "Andrew Maas, Awni Hannun, Andrew Ng",
        "Maas, Hannun & Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models, ICML workshop",
    ),
    "maxout": Origin(
        2013,
        "Ian Goodfellow, David Warde-Farley, Mehdi Mirza, Aaron Courville, Yoshua Bengio",
        "Goodfellow et al. 2013, Maxout Networks, arXiv:1302.4389",
    ),
    "elu": Origin(
        2015,
        "Djork-Arné Clevert, Thomas Unterthiner, Sepp Hochreiter",
        "Clevert, Unterthiner & Hochreiter 2015, Fast and Accurate Deep Network Learning by Exponential Linear Units, "
        "arXiv:1511.07289",
    ),
    "gelu": Origin(
        2016,
        "Dan Hendrycks, Kevin Gimpel",
        "Hendrycks & Gimpel 2016, Gaussian Error Linear Units, arXiv:1606.08415",
    ),
    "silu": Origin(
        2016,
        "Dan Hendrycks, Kevin Gimpel",
        "Named SiLU by Hendrycks & Gimpel 2016, arXiv:1606.08415; Elfwing, Uchibe & Doya 2017, arXiv:1702.03118; "
        "found again by search as Swish: Ramachandran, Zoph & Le 2017, arXiv:1710.05941",
    ),
    "mish": Origin(
        2019,
        "Diganta Misra",
        "Misra 2019, Mish: A Self Regularized Non-Monotonic Activation Function, arXiv:1908.08681",
    ),
    "softplus": Origin(
        2001,
        "Charles Dugas, Yoshua Bengio, François Bélisle, Claude Nadeau, René Garcia",
        "Dugas et al. 2001, Incorporating Second-Order Functional Knowledge for Better Option Pricing, NIPS 13",
    ),
    "selu": Origin(
        2017,
        "Günter Klambauer, Thomas Unterthiner, Andreas Mayr, Sepp Hochreiter",
        "Klambauer et al. 2017, Self-Normalizing Neural Networks, arXiv:1706.02515",
    ),
    "celu": Origin(
        2017,
        "Jonathan T. Barron",
        "Barron 2017, Continuously Differentiable Exponential Linear Units, arXiv:1704.07483",
    ),
    "prelu": Origin(
        2015,
        "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
        "He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers, arXiv:1502.01852",
    ),
    "rrelu": Origin(
        2015,
        "Bing Xu, Naiyan Wang, Tianqi Chen, Mu Li",
        "Xu, Wang, Chen & Li 2015, Empirical Evaluation of Rectified Activations in Convolutional Network, arXiv:1505.00853",
    ),
    "relu6": Origin(
        2010, "Alex Krizhevsky", "Krizhevsky 2010, Convolutional Deep Belief Networks on CIFAR-10, manuscript"
    ),
    "hardtanh": Origin(
        None, "", "Origin unclear; used by Collobert et al. 2011, Journal of Machine Learning Research 12:2493"
    ),
    "hardsigmoid": Origin(None, "", f"Origin unclear; in this form, as part of hardswish: {_HOWARD}"),
    "hardswish": Origin(2019, "Andrew Howard and colleagues", _HOWARD),
    "softsign": Origin(
        None,
        "",
        "Origin unclear; Elliott 1993, A Better Activation Function for Artificial Neural Networks, ISR TR 93-8; "
        "under this name in Glorot & Bengio 2010, AISTATS",
    ),
    "logsigmoid": Origin(None, "", "Origin unclear; the log-likelihood of logistic regression"),
    "tanhshrink": Origin(None, "", "Origin unclear"),
    "softshrink": Origin(
        1994,
        "David Donoho, Iain Johnstone",
        "Donoho & Johnstone 1994, Ideal Spatial Adaptation by Wavelet Shrinkage, Biometrika 81:425, to take noise away",
    ),
    "hardshrink": Origin(
        1994,
        "David Donoho, Iain Johnstone",
        "Donoho & Johnstone 1994, Ideal Spatial Adaptation by Wavelet Shrinkage, Biometrika 81:425, to take noise away",
    ),
    "threshold": Origin(None, "", "Origin unclear"),
    "step": Origin(
        1943,
        "Warren McCulloch, Walter Pitts",
        "McCulloch & Pitts 1943, A Logical Calculus of the Ideas Immanent in Nervous Activity, "
        "Bulletin of Mathematical Biophysics 5:115",
    ),
    "sine": Origin(
        2020,
        "Vincent Sitzmann, Julien Martel, Alexander Bergman, David Lindell, Gordon Wetzstein",
        "For networks that stand for signals: Sitzmann et al. 2020, Implicit Neural Representations with Periodic "
        "Activation Functions, arXiv:2006.09661",
    ),
    "identity": Origin(None, "", "No function at all: what a layer without one applies"),
    "glu": Origin(
        2016,
        "Yann Dauphin, Angela Fan, Michael Auli, David Grangier",
        "Dauphin et al. 2016, Language Modeling with Gated Convolutional Networks, arXiv:1612.08083",
    ),
    "bilinear": Origin(
        None,
        "",
        "Origin unclear; compared with the other gates by Shazeer 2020, arXiv:2002.05202, who points to Mnih & Hinton 2007",
    ),
    "reglu": _SHAZEER,
    "geglu": _SHAZEER,
    "swiglu": _SHAZEER,
}
