"""Places as SAT codes them: the time zone of a postal code (c_CodigoPostal), the code of a country (c_Pais).

Fecha is the local time of LugarExpedicion. SAT writes the three letters of ISO 3166-1, most systems keep the two.
"""

import re
from bisect import bisect_right

from .errors import CfdiError
from .places_data import RANGES

_STARTS = tuple(first for first, _last, _zone in RANGES)
_CODE = re.compile("[0-9]{5}")
# pairs of alpha-2 and alpha-3, run together
_PAIRS = (
    "ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW "
    "AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN "
    "BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG "
    "CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE "
    "DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN "
    "FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL "
    "GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV "
    "HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM "
    "JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO "
    "LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE "
    "MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS "
    "MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL "
    "NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI "
    "PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN "
    "SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV "
    "SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON "
    "TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN "
    "VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE "
)
_ALPHA_3 = {pair[:2]: pair[2:] for pair in _PAIRS.split()}
COUNTRY_CODES = frozenset(_ALPHA_3.values())


def time_zone(codigo_postal):
    """Return the IANA zone (``America/Tijuana``) of a Mexican postal code.

    :param str codigo_postal: five digits
    :raises CfdiError: ``unknown_postal_code`` when it is not in SAT's catalogue (CFDI40126)
    """
    code = codigo_postal or ""
    if _CODE.fullmatch(code):
        _first, last, zone = RANGES[bisect_right(_STARTS, int(code)) - 1]
        if int(code) <= last:
            return zone
    raise CfdiError(
        "unknown_postal_code",
        f"The postal code {codigo_postal!r} is not in SAT's catalogue "
        "(c_CodigoPostal): correct it or take the nearest one.",
        data={"postal_code": str(codigo_postal)},
    )


def is_known_postal_code(codigo_postal):
    """Tell whether SAT's catalogue has the postal code."""
    try:
        return bool(time_zone(codigo_postal))
    except CfdiError:
        return False


def country_code(alpha_2):
    """Return SAT's code (c_Pais) of a country.

    :param alpha_2: ISO 3166-1 alpha-2, upper case
    :return: alpha-3, or None where SAT has no such country
    """
    return _ALPHA_3.get(alpha_2)
