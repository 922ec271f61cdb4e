"""The names of arXiv's categories (https://arxiv.org/category_taxonomy)."""

_TAXONOMY = """
astro-ph CO EP GA HE IM SR
cond-mat dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con
cs AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE
cs NI OH OS PF PL RO SC SD SE SI SY
econ EM GN TH
eess AS IV SP SY
math AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA
math RT SG SP ST
nlin AO CD CG PS SI
physics acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph
physics flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph
q-bio BM CB GN MN NC OT PE QM SC TO
q-fin CP EC GN MF PM PR RM ST TR
stat AP CO ME ML OT TH
"""


def _names() -> dict[str, str]:
    names = {}
    for line in _TAXONOMY.split("\n"):
        archive, *classes = line.split() or [""]
        for one in classes:
            names[f"{archive}.{one}".casefold()] = f"{archive}.{one}"
    return names


_BY_FOLDED_NAME = _names()


def spelled(text: str) -> str | None:
    """The name of a category typed in any case: `cs.CL` for `CS.cl`; else None."""
    return _BY_FOLDED_NAME.get(text.casefold())
