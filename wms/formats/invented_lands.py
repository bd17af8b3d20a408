"""Where the backers of a large invented campaign live: countries with places whose addresses pass the checks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# code|name|share among orders|beginnings of telephone numbers|digits that follow|city,state,postal code;...
TABLE = """
US|United States|380|+1617555 +1503555 +1512555 +1303555 +1608555 +1206555 +1312555 +1713555|4|
  Boston,MA,02108;Portland,OR,97205;Austin,TX,78701;Denver,CO,80202;Madison,WI,53703;Newark,NJ,07102
GB|United Kingdom|130|+441212|6|London,,E1 6AN;Leeds,,LS1 4AP;Bristol,,BS1 5TR
DE|Germany|95|+4930|6|Berlin,,10115;Hamburg,,20095;Köln,,50667
CA|Canada|75|+15062|6|Toronto,ON,M5V 2T6;Vancouver,BC,V6B 1A1;Montréal,QC,H2Y 1C6
AU|Australia|48|+61212|6|Sydney,NSW,2000;Melbourne,VIC,3000;Hobart,TAS,7000
FR|France|45|+33199|6|Paris,,75011;Lyon,,69002;Brest,,29200
NL|Netherlands|28|+31101|6|Utrecht,,1234 AB;Utrecht,,2490 AA
SE|Sweden|20|+468|6|Umea,,11455;Umea,,12345;Umea,,10500
JP|Japan|16|+81312|6|Shinjuku-ku,Tokyo,160-0022;Kita-ku,Osaka,530-0001
PL|Poland|14|+48123|6|Krakow,,00-950;Krakow,,05-470;Krakow,,48-300
CH|Switzerland|14|+41212|6|Bern,,2544;Bern,,1211;Bern,,1556
ES|Spain|14|+34810|6|Madrid,M,28039;Madrid,M,28300;Madrid,M,28070
IT|Italy|14|+390212|6|Torino,BZ,39049;Torino,FC,47037;Torino,RM,00144
NZ|New Zealand|12|+6432|6|Wellington,,6001;Wellington,,6015;Wellington,,6332
AT|Austria|11|+431234|6|Graz,,1010;Graz,,3741
BE|Belgium|11|+3212|6|Gent,,4000;Gent,,1000
DK|Denmark|10|+45321|5|Odense,,8660;Odense,,1566
NO|Norway|10|+4721|6|Bergen,,0025;Bergen,,0107;Bergen,,6631
FI|Finland|9|+358131|6|Turku,,00550;Turku,,00011
IE|Ireland|8|+353850|6|Cork,Co. Cork,T12 X8N6;Galway,Co. Galway,H91 E2K3
SG|Singapore|8|+6561|6|Singapore,,238859;Singapore,,546080
HK|Hong Kong|6|+85221|6|Mong Kok,Kowloon,;Wan Chai,Hong Kong Island,
PT|Portugal|5|+351212|6|Porto,,2725-079;Porto,,1250-096;Porto,,1201-950
CZ|Czechia|5|+420212|6|Brno,,100 00;Brno,,251 66;Brno,,530 87
IL|Israel|4|+97221|6|Haifa,,9614303
HU|Hungary|4|+3612|6|Szeged,,1037;Szeged,,2380;Szeged,,1540
GR|Greece|4|+302123|6|Patras,,151 24;Patras,,151 10;Patras,,101 88
MX|Mexico|4|+522001|6|Puebla,Ags.,20000;Puebla,Ags.,20999;Puebla,B.C.,21000
MY|Malaysia|3|+60323|6|Ipoh,,43000;Ipoh,,50754;Ipoh,,88990
RO|Romania|3|+40211|6|Cluj-Napoca,,060274;Cluj-Napoca,,061357;Cluj-Napoca,,200716
TH|Thailand|3|+6621|6|Bangkok,,10150;Bangkok,,10210
PH|Philippines|3|+63232|6|Cebu,,1008;Cebu,,1050;Cebu,,1135
SK|Slovakia|2|+421221|6|Nitra,,010 01;Nitra,,023 14;Nitra,,972 48
SI|Slovenia|2|+38612|6|Maribor,,4000;Maribor,,1001;Maribor,,2500
HR|Croatia|2|+38512|6|Split,,10000;Split,,21001;Split,,10002
LU|Luxembourg|2|+35227|6|Luxembourg,,4750;Luxembourg,,2998
EE|Estonia|2|+37251|6|Tartu,,69501;Tartu,,11212
LT|Lithuania|2|+37031|6|Kaunas,,04340;Kaunas,,03500
IS|Iceland|2|+354410|4|Akureyri,,320;Akureyri,,121;Akureyri,,220
BG|Bulgaria|2|+3592|6|Varna,,1000;Varna,,1700
ZA|South Africa|2|+27101|6|Durban,,0083;Durban,,1451;Durban,,0001
AE|United Arab Emirates|2|+97122|6|,Dubai,
IN|India|2|+917410|6|Pune,Delhi,110034;Pune,Delhi,110001
CL|Chile|2|+56600|6|Valdivia,,8340457;Valdivia,,8720019;Valdivia,,1230000
CO|Colombia|1|+576012|6|Medellin,Amazonas,111221;Medellin,Amazonas,130001;Medellin,Amazonas,760011
CR|Costa Rica|1|+50622|6|San Jose,,1000;San Jose,,2010;San Jose,,1001
PE|Peru|1|+5111|6|Cusco,,LIMA 23;Cusco,,LIMA 42;Cusco,,CALLAO 2
UY|Uruguay|1|+59821|6|Montevideo,,11600
MT|Malta|1|+35621|6|Sliema,,NXR 01;Sliema,,ZTN 05;Sliema,,GPO 01
CY|Cyprus|1|+35722|6|Limassol,,2008;Limassol,,3304;Limassol,,1900
RS|Serbia|1|+381601|6|Novi Sad,,106314
UA|Ukraine|1|+380311|6|Lviv,,15432;Lviv,,01055;Lviv,,01001
KW|Kuwait|1|+96522|6|Salmiya,,54541;Salmiya,,54551;Salmiya,,54404
QA|Qatar|1|+97444|6|Doha,,
BH|Bahrain|1|+97317|6|Manama,,317
VN|Vietnam|1|+842101|6|Hanoi,,70010;Hanoi,,55999
LI|Liechtenstein|1|+423660|6|Vaduz,,9496;Vaduz,,9491;Vaduz,,9490
MC|Monaco|1|+37799|6|Monaco,,98000;Monaco,,98020;Monaco,,98011
AD|Andorra|1|+3767|5|Andorra la Vella,,AD100;Andorra la Vella,,AD501;Andorra la Vella,,AD700
MO|Macao|1|+853282|5|Macao,,
GE|Georgia|1|+995322|6|Batumi,,0101
AM|Armenia|1|+37410|6|Gyumri,,375010;Gyumri,,0002;Gyumri,,0010
AZ|Azerbaijan|1|+994123|6|Baku,,1000
KZ|Kazakhstan|1|+77123|6|Almaty,,040900;Almaty,,050012
MD|Moldova|1|+37322|6|Balti,,2012;Balti,,2019
ME|Montenegro|1|+38260|6|Kotor,,81257;Kotor,,81258;Kotor,,81217
MK|North Macedonia|1|+38922|6|Ohrid,,1314;Ohrid,,1321;Ohrid,,1443
AL|Albania|1|+355672|6|Durres,,1001;Durres,,1017;Durres,,3501
BA|Bosnia and Herzegovina|1|+38761|6|Mostar,,71000
JO|Jordan|1|+962790|6|Amman,,11937;Amman,,11190
OM|Oman|1|+96823|6|Muscat,,133;Muscat,,112;Muscat,,111
EG|Egypt|1|+20234|6|Cairo,,12411;Cairo,,11599
MA|Morocco|1|+212520|6|Fes,,53000;Fes,,10000;Fes,,20050
TN|Tunisia|1|+21630|6|Sousse,,1002;Sousse,,8129;Sousse,,3100
KE|Kenya|1|+254202|6|Nairobi,,20100;Nairobi,,00100
GH|Ghana|1|+233302|6|Accra,,
NG|Nigeria|1|+2342033|6|Ibadan,,930283;Ibadan,,300001;Ibadan,,931104
MU|Mauritius|1|+230544|5|Port Louis,,42602
NA|Namibia|1|+264811|6|Windhoek,,10001;Windhoek,,10017
BW|Botswana|1|+26771|6|Gaborone,,
LK|Sri Lanka|1|+94112|6|Kandy,,20000;Kandy,,00100
NP|Nepal|1|+97714|6|Pokhara,,44601
BD|Bangladesh|1|+8801812|6|Dhaka,,1340;Dhaka,,1000
PK|Pakistan|1|+922123|6|Lahore,,44000
KH|Cambodia|1|+85591|6|Siem Reap,,120101;Siem Reap,,120108
MN|Mongolia|1|+97653|6|Ulaanbaatar,,65030;Ulaanbaatar,,65270
BN|Brunei|1|+6732|6|Seria,,BT2328;Seria,,KA1131;Seria,,BA1511
GT|Guatemala|1|+50222|6|Antigua,,09001;Antigua,,01501
PA|Panama|1|+50761|6|Panama City,,
DO|Dominican Republic|1|+18092|6|Santo Domingo,,11903;Santo Domingo,,10101
EC|Ecuador|1|+59322|6|Cuenca,,090105;Cuenca,,092301
BO|Bolivia|1|+59122|6|Sucre,,
PY|Paraguay|1|+595212|6|Asuncion,,1536;Asuncion,,1538;Asuncion,,1209
SV|El Salvador|1|+50321|6|Santa Ana,Ahuachapan,CP 2101;Santa Ana,Cabanas,CP 1201;Santa Ana,Calatenango,CP 1301
HN|Honduras|1|+50491|6|Tegucigalpa,,31301
TT|Trinidad and Tobago|1|+186822|5|Port of Spain,,
JM|Jamaica|1|+187652|5|Kingston,Clarendon,;Kingston,Hanover,;Kingston,Kingston,
BB|Barbados|1|+124625|5|Bridgetown,,BB23026;Bridgetown,,BB22025
BS|Bahamas|1|+124235|5|Nassau,,
BM|Bermuda|1|+14414|6|Hamilton,,FL 07;Hamilton,,HM GX;Hamilton,,HM 12
KY|Cayman Islands|1|+1345222|4|George Town,Cayman Brac,KY1-1100;George Town,Cayman Brac,KY1-1702
GI|Gibraltar|1|+35057|6|Gibraltar,,GX11 1AA
FO|Faroe Islands|1|+2982|5|Torshavn,,100
GL|Greenland|1|+2992|5|Nuuk,,3900;Nuuk,,3950;Nuuk,,3911
FJ|Fiji|1|+6797|6|Suva,,
NC|New Caledonia|1|+6877|5|Noumea,,98814;Noumea,,98800;Noumea,,98810
PF|French Polynesia|1|+68987|6|Papeete,,98709
GP|Guadeloupe|1|+590690|6|Pointe-a-Pitre,,97100
RE|Reunion|1|+262262|6|Saint-Denis,,97400
RW|Rwanda|1|+250250|6|Kigali,,
"""


@dataclass(frozen=True)
class Place:
    """A city as an address names it."""

    city: str
    state: str
    postal: str


@dataclass(frozen=True)
class Country:
    """A country: its weight among orders, its places, and how its telephone numbers are made. Numbers are well-formed,
    not set aside for inventions: there are not enough of those."""

    code: str
    name: str
    share: int
    phones: tuple[str, ...]
    digits: int
    places: tuple[Place, ...]

    def phone(self, serial: int) -> str:
        """The telephone number of the country's backer number `serial`, counted from 0; all are different."""
        begin = self.phones[serial % len(self.phones)]
        room = 10**self.digits
        return f"{begin}{(serial // len(self.phones) * 7919 + 4321) % room:0{self.digits}}"


@cache
def countries() -> tuple[Country, ...]:
    """All countries, those with most backers first."""
    return tuple(_country(line) for line in TABLE.replace("\n  ", "").strip().splitlines())


def _country(line: str) -> Country:
    code, name, share, phones, digits, places = line.split("|")
    found = (Place(*place.split(",")) for place in places.split(";"))
    return Country(code, name, int(share), tuple(phones.split()), int(digits), tuple(found))
