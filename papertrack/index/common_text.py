"""What many papers have in common, which the index need not store with each.

zlib's compression refers to a preset dictionary as to text that it has seen (RFC 1950,
`FDICT`; https://www.zlib.net/manual.html, `deflateSetDictionary`): a paper of 1,800
bytes needs 770 instead of 980, in the same time. Papers of any subject can be stored;
those of machine learning, physics and mathematics become smaller. What occurs most is
last: what is near costs fewer bits.
"""

_PHRASES = """
counterfactual hallucination watermark tokenizer cryptography epidemiology topology
stochastic differential equation Markov chain Monte Carlo Gaussian process kernel
Hamiltonian quantum circuit qubit entanglement magnetic field galaxy redshift
spectroscopy telescope black hole neutrino collider cross section supersymmetry
string theory gauge theory lattice graph neural network node edge graphs molecule
molecular protein structure drug discovery materials medical imaging clinical
patients diagnosis segmentation image CT MRI radiology healthcare autonomous driving
robot manipulation navigation policy robotics simulation embodied agent speech
recognition audio music translation multilingual low-resource languages English
Chinese recommendation user preferences retrieval ranking search query knowledge
graph federated learning privacy differential privacy attack adversarial robustness
security jailbreak safety time series forecasting anomaly detection causal inference
Bayesian uncertainty estimation calibration object detection point cloud 3D Gaussian
Splatting reconstruction depth camera pose scene rendering text-to-image diffusion
models image generation video generation denoising sampling flow matching editing
contrastive learning self-supervised representation learning embedding space latent
space features convolutional neural networks vision transformer attention mechanism
transformers architecture optimization gradient descent convergence rate upper bound
lower bound theoretical analysis we prove that regret bandit online learning
algorithm complexity polynomial time linear nonlinear convex reinforcement learning
from human feedback (RLHF) preference optimization reward model reward functions
Group Relative Policy Optimization (GRPO) verifiable rewards Direct Preference
Optimization (DPO) supervised fine-tuning (SFT) instruction tuning
parameter-efficient fine-tuning low-rank adaptation (LoRA) mixture-of-experts (MoE)
quantization pruning distillation inference memory throughput latency speedup GPU
long-context key-value cache token tokens context window sequence length scaling
laws retrieval-augmented generation (RAG) question answering summarization code
generation software engineering chain-of-thought (CoT) reasoning mathematical
reasoning test-time compute multi-step reasoning tool use multi-agent systems
LLM-based agents planning environment interactive tasks decision-making
vision-language models (VLMs) multimodal large language models (MLLMs) visual
question answering et al. i.e., e.g., respectively, Furthermore, Moreover,
Additionally, Specifically, Finally, However, Therefore, In contrast, for example,
such as as well as rather than due to based on according to in terms of in order to
with respect to a wide range of the number of at the same time on the other hand a
variety of a set of a series of In particular, we show that we find that we
demonstrate that we also we then we use we study we develop we investigate we argue
that Our results suggest that our findings reveal Our approach our framework our
model the proposed method the proposed approach this work this paper presents In
this work, we introduce In this paper, we propose a novel we present a new To
address this problem, To address these challenges, To address this gap, To this end,
we propose To overcome these limitations, remains a challenge remain underexplored
it remains unclear whether there is a lack of is challenging because has been shown
to have been proposed can be used to is able to is capable of that can be are often
existing methods often rely on existing approaches current methods typically require
prior work recent work recent advances in have shown remarkable have achieved
impressive performance have demonstrated strong capabilities has emerged as a
promising paradigm plays a crucial role in is essential for is critical for is
important for has become increasingly important simple yet effective efficient and
scalable end-to-end plug-and-play training-free zero-shot few-shot in-context
learning machine learning deep learning neural networks artificial intelligence (AI)
natural language processing (NLP) computer vision training data synthetic data
datasets dataset high-quality data annotation human evaluation evaluation metrics
large-scale real-world applications real-world scenarios open-source models
state-of-the-art (SOTA) methods across different a comprehensive evaluation a new
benchmark for evaluating a unified framework a systematic study of consistently
outperforms strong baselines significantly improves performance while maintaining
accuracy achieves state-of-the-art performance on multiple benchmarks with
significant improvements in generalization Extensive experiments on demonstrate that
our method outperforms existing Experimental results show that without additional
training at inference time reduces computational cost by up to compared to achieving
The code is available at https://github.com/ code and data are publicly available at
https:// Our code will be released large language models (LLMs) Large Language
Models (LLMs) language models Language Models model models Towards Learning for with
via Efficient Benchmark Benchmarking Evaluating Understanding Analysis Approach
Framework information between different through their these which where each other
both more than into from University Wang Zhang Chen Liu Yang Huang Zhao Zhou Wu Xu
Sun Zhu Li David Michael Daniel Alexander Andrea Martin Thomas
"""

_VALUES = (
    '"stat.ML","math.OC","quant-ph","cond-mat","astro-ph.GA","hep-th","eess.IV",'
    '"eess.AS","cs.SD","cs.CY","cs.HC","cs.SE","cs.DC","cs.IR","cs.CR","cs.MA","cs.RO",'
    '["cs.AI","cs.CL","cs.CV","cs.LG"],[],null,null,null,"Accepted to NeurIPS ICML ICLR '
    'CVPR ACL EMNLP pages, figures, tables","https://doi.org/10.","https://huggingface.co'
    '/papers/","https://github.com/","https://arxiv.org/pdf/2605.00",'
    '"https://arxiv.org/abs/2601.0",null,null,null,[],null,null,null,null,null,null,null,'
    '[],null,null,null,null,[1,""]",null,["A","B"],3,null,"2026-02-11",null,null,'
    '"2026-11-30T19:17:29Z",null,["arxiv","huggingface","arxiv-snapshot"],[],[],'
    '["arxiv:26'
)
"""The values of a paper, as they are stored (`bodies`)."""

DICTIONARY = (_PHRASES.replace("\n", " ") + _VALUES).encode()
