"""Country names as exports and backers write them, to ISO 3166-1 codes; a name that nobody knows stays a name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# "code: name, other name, ..."; names are compared without case, accents, blanks and punctuation. After ISO 3166-1,
# the names of the postal union, and what people call their own country.
NAMES = """
AD: Andorra. AE: United Arab Emirates, UAE, Emirates. AF: Afghanistan. AG: Antigua and Barbuda. AI: Anguilla.
AL: Albania. AM: Armenia. AO: Angola. AQ: Antarctica. AR: Argentina. AS: American Samoa.
AT: Austria, Österreich, Oesterreich, Autriche. AU: Australia. AW: Aruba. AX: Åland Islands, Aland. AZ: Azerbaijan.
BA: Bosnia and Herzegovina, Bosnia, Bosnia & Herzegovina. BB: Barbados. BD: Bangladesh.
BE: Belgium, België, Belgique, Belgien. BF: Burkina Faso. BG: Bulgaria. BH: Bahrain. BI: Burundi. BJ: Benin.
BL: Saint Barthélemy, St Barthelemy. BM: Bermuda. BN: Brunei Darussalam, Brunei.
BO: Bolivia, Bolivia Plurinational State of. BQ: Bonaire Sint Eustatius and Saba, Caribbean Netherlands, Bonaire.
BR: Brazil, Brasil. BS: Bahamas, The Bahamas. BT: Bhutan. BV: Bouvet Island. BW: Botswana. BY: Belarus. BZ: Belize.
CA: Canada. CC: Cocos Keeling Islands, Cocos Islands.
CD: Congo Democratic Republic of the, Democratic Republic of the Congo, DR Congo, Congo Kinshasa, Congo Dem Rep.
CF: Central African Republic. CG: Congo, Republic of the Congo, Congo Brazzaville, Congo Rep.
CH: Switzerland, Schweiz, Suisse, Svizzera. CI: Côte d'Ivoire, Ivory Coast. CK: Cook Islands. CL: Chile.
CM: Cameroon. CN: China, People's Republic of China, Mainland China, PR China. CO: Colombia. CR: Costa Rica. CU: Cuba.
CV: Cabo Verde, Cape Verde. CW: Curaçao. CX: Christmas Island. CY: Cyprus.
CZ: Czechia, Czech Republic, Czech Rep, Česko. DE: Germany, Deutschland, Allemagne, Alemania, Germania. DJ: Djibouti.
DK: Denmark, Danmark. DM: Dominica. DO: Dominican Republic, Dominican Rep. DZ: Algeria. EC: Ecuador.
EE: Estonia, Eesti. EG: Egypt. EH: Western Sahara. ER: Eritrea. ES: Spain, España, Spanien, Espagne. ET: Ethiopia.
FI: Finland, Suomi. FJ: Fiji. FK: Falkland Islands, Falkland Islands Malvinas.
FM: Micronesia, Federated States of Micronesia, Micronesia Federated States of. FO: Faroe Islands.
FR: France, Frankreich, Francia, Metropolitan France. GA: Gabon.
GB: United Kingdom, UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland, GBR,
 United Kingdom of Great Britain and Northern Ireland, Vereinigtes Königreich. GD: Grenada. GE: Georgia.
GF: French Guiana. GG: Guernsey. GH: Ghana. GI: Gibraltar. GL: Greenland. GM: Gambia, The Gambia. GN: Guinea.
GP: Guadeloupe. GQ: Equatorial Guinea. GR: Greece, Hellas, EL. GS: South Georgia and the South Sandwich Islands.
GT: Guatemala. GU: Guam. GW: Guinea-Bissau. GY: Guyana. HK: Hong Kong, Hong Kong SAR, Hong Kong SAR China, Hongkong.
HM: Heard Island and McDonald Islands. HN: Honduras. HR: Croatia, Hrvatska. HT: Haiti. HU: Hungary, Magyarország.
ID: Indonesia. IE: Ireland, Republic of Ireland, Éire. IL: Israel. IM: Isle of Man. IN: India.
IO: British Indian Ocean Territory. IQ: Iraq. IR: Iran, Iran Islamic Republic of. IS: Iceland.
IT: Italy, Italia, Italien, Italie. JE: Jersey. JM: Jamaica. JO: Jordan. JP: Japan, 日本. KE: Kenya. KG: Kyrgyzstan.
KH: Cambodia. KI: Kiribati. KM: Comoros. KN: Saint Kitts and Nevis, St Kitts and Nevis.
KP: North Korea, Korea Democratic People's Republic of.
KR: South Korea, Korea, Korea Republic of, Republic of Korea, Korea South, 대한민국. KW: Kuwait. KY: Cayman Islands.
KZ: Kazakhstan. LA: Laos, Lao People's Democratic Republic, Lao PDR. LB: Lebanon. LC: Saint Lucia, St Lucia.
LI: Liechtenstein. LK: Sri Lanka. LR: Liberia. LS: Lesotho. LT: Lithuania, Lietuva. LU: Luxembourg, Luxemburg.
LV: Latvia, Latvija. LY: Libya. MA: Morocco. MC: Monaco. MD: Moldova, Republic of Moldova, Moldova Republic of.
ME: Montenegro. MF: Saint Martin, Saint Martin French part. MG: Madagascar. MH: Marshall Islands.
MK: North Macedonia, Macedonia, Macedonia the former Yugoslav Republic of. ML: Mali. MM: Myanmar, Burma.
MN: Mongolia. MO: Macao, Macau, Macao SAR, Macao SAR China. MP: Northern Mariana Islands. MQ: Martinique.
MR: Mauritania. MS: Montserrat. MT: Malta. MU: Mauritius. MV: Maldives. MW: Malawi. MX: Mexico, México. MY: Malaysia.
MZ: Mozambique. NA: Namibia. NC: New Caledonia. NE: Niger. NF: Norfolk Island. NG: Nigeria. NI: Nicaragua.
NL: Netherlands, The Netherlands, Holland, Nederland, Niederlande, Pays-Bas. NO: Norway, Norge, Noreg. NP: Nepal.
NR: Nauru. NU: Niue. NZ: New Zealand, Aotearoa. OM: Oman. PA: Panama. PE: Peru. PF: French Polynesia.
PG: Papua New Guinea. PH: Philippines, The Philippines. PK: Pakistan. PL: Poland, Polska, Polen.
PM: Saint Pierre and Miquelon. PN: Pitcairn, Pitcairn Islands. PR: Puerto Rico.
PS: Palestine, State of Palestine, Palestinian Territory, Palestinian Territories. PT: Portugal. PW: Palau.
PY: Paraguay. QA: Qatar. RE: Réunion, La Réunion. RO: Romania, România. RS: Serbia, Republic of Serbia.
RU: Russia, Russian Federation. RW: Rwanda. SA: Saudi Arabia, KSA. SB: Solomon Islands. SC: Seychelles. SD: Sudan.
SE: Sweden, Sverige, Schweden. SG: Singapore, Republic of Singapore. SH: Saint Helena, St Helena. SI: Slovenia.
SJ: Svalbard and Jan Mayen. SK: Slovakia, Slovak Republic. SL: Sierra Leone. SM: San Marino. SN: Senegal.
SO: Somalia. SR: Suriname. SS: South Sudan. ST: Sao Tome and Principe. SV: El Salvador.
SX: Sint Maarten, Sint Maarten Dutch part, St Maarten. SY: Syria, Syrian Arab Republic. SZ: Eswatini, Swaziland.
TC: Turks and Caicos Islands. TD: Chad. TF: French Southern Territories. TG: Togo. TH: Thailand. TJ: Tajikistan.
TK: Tokelau. TL: Timor-Leste, East Timor. TM: Turkmenistan. TN: Tunisia. TO: Tonga.
TR: Turkey, Türkiye, Turkiye. TT: Trinidad and Tobago, Trinidad & Tobago. TV: Tuvalu.
TW: Taiwan, Taiwan Province of China, Taiwan ROC, 台灣. TZ: Tanzania, Tanzania United Republic of. UA: Ukraine.
UG: Uganda. UM: United States Minor Outlying Islands.
US: United States, USA, U.S.A., U.S., United States of America, America, Estados Unidos, Vereinigte Staaten.
UY: Uruguay. UZ: Uzbekistan. VA: Vatican, Vatican City, Holy See, Holy See Vatican City State.
VC: Saint Vincent and the Grenadines, St Vincent and the Grenadines. VE: Venezuela, Venezuela Bolivarian Republic of.
VG: British Virgin Islands, Virgin Islands British. VI: US Virgin Islands, Virgin Islands U.S., U.S. Virgin Islands.
VN: Vietnam, Viet Nam. VU: Vanuatu. WF: Wallis and Futuna. WS: Samoa. XK: Kosovo. YE: Yemen. YT: Mayotte.
ZA: South Africa. ZM: Zambia. ZW: Zimbabwe.
"""
LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss"}


def plain(name: str) -> str:
    """A country's name as it is compared."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(LETTERS.get(letter, letter) for letter in apart if letter.isalnum())


def _listed() -> dict[str, list[str]]:
    _, *parts = re.split(r"\b([A-Z]{2}): ", " ".join(NAMES.split()))
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {two: [name.strip().removesuffix(".") for name in names.split(",")] for two, names in pairs}


def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    for two, names in _listed().items():
        for name in (two, *names):
            found.setdefault(plain(name), two)
    return found


@lru_cache(maxsize=4096)
def code(text: str) -> str:
    """The two-letter code of a country written as code or name; "" when nobody knows it."""
    return KNOWN.get(plain(text), "")


KNOWN = _known()
CALLED = {two: names[0] for two, names in sorted(_listed().items(), key=lambda pair: pair[1][0])}
"""Code -> how the country is called, by name."""
