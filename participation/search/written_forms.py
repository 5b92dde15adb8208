"""Lists of Norwegian words: those that say nothing in a search, what compounds are made of, and nynorsk by bokmål."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SILENT = _words("""
    å
    og eller men for så at som om hvis når da mens fordi siden enn ei en et eit ein den det de dei dette disse desse
    denne der her i på til fra frå av med mot ved uten utan under over etter før hos mellom gjennom innen innan inn ut
    opp ned oppe nede inne ute jeg eg du han hun ho vi oss me dere dykk dykkar seg meg deg ham henne min mi mitt mine
    din di ditt dine sin si sitt sine vår vårt våre hans hennes hennar deres deira man noen nokon noe noko nokre ingen
    inkje alle alt all annen annet andre anna ikke ikkje er var være vere vært vore bli blir ble blei blitt vart har
    ha hadde hatt kan kunne skal skulle vil ville må måtte bør burde får få fikk fekk fått gjør gjer gjøre gjere
    gjorde gjort går gå også òg bare berre mer meir mest mye mykje veldig svært ganske litt nå no då hva kva hvem kven
    hvor kor hvordan korleis hvorfor kvifor hvilken hvilke hvilket kvar hver hvert kvart slik sånn same samme både
    verken enten anten dersom derfor difor kanskje jo vel the a of and to in is trenger treng trengs ønsker ønskjer
    ønske
""")
# Words that say little of what a title is about.
SAYING_LITTLE = _words("""
    aldri alltid altfor alt blir enda endå fortsatt framleis gang gangen ganger gongar helt heilt igjen kjem kom komme
    kommer langt manglar mangler nesten ofte snart stadig treng trenger verkar verre virker
""")
# Short parts of compounds. Other short ones are for the most part an accident of letters.
SHORT_PARTS = _words("""
    kø le skur
    bad bil bok bro bru buss by båt dag dam dyr eld elv eple fag far fisk fly gass gate grus gym gå hage hall hav hest
    hund hus håp is jord jul kart kino ku lag lek lys mat mor mur nav nød olje park pc post rom rør sal sau sfo sjø
    ski sko snø sol spor stein sti tak tog tre tur ull ute vann ved veg vei vik vær øre øy
""")
# Before or after these there is no compound, only a word that begins or ends so.
NO_PARTS = _words("""
    ting
    aktig all ang ann bar ble den det dis else ende ene enes ens ere este ett etter fikk for fra gikk gjen gjør har
    het ing inge inn kan kom kon lig lige løs med men mer mis mot ned nen nes opp over par per pre pro ran rene rer
    res ring sam sen ser set skap som tal tar ten ter til tok tra under ute var ved ven ver
    inga ingen ingar inger arar aren ator akt alen ande andre annan ard arne art arte bing egn emm ering erne
    erte esk eske ette eten idig ikt ista iste kverk legge legges legger legg lett nere nivå oren oret raden rasjon
    rede seng sjon skant stalle stall stur svei sveien svakt song tell telle tern tikk tra uret valgt vise yting ytes
    ytet giver king kar len men ist mer sled slede sleder slag tiar skodd
""")
# Nor is there one after these: “fortelle”, “bestille”, “prosjekt”.
NO_FIRST_PARTS = _words("""
    agre allere avl avt ber besk best fork forn forr forsk fort gran koll komm kons kont kontr lok morg mott overs prof
    punk rapp skol skran spes till tran trans uts utset vikar prosj pros pro
""")
# Nor before these: “spille”, “fortelle”.
NO_LAST_PARTS = _words("le")
# Only words whose stems differ: what differs in the ending alone is the stemmer's work, and a compound is its parts.
_BOKMAL_BY_NYNORSK = """
aktivitetar aktiviteter; attvinning gjenvinning; auka økt; auke øke; aust øst; austre østre; avgangar avganger; avgjerd
avgjørelse; banar baner; benkar benker; betre bedre; bilete bilde; born barn; boss avfall; bossdunk avfallsdunk; brei
bred; bru bro; brua broen; bruer broer; brukar bruker; busshaldeplass bussholdeplass; bustad bolig; bustader boliger;
byggje bygge; bygningar bygninger; båtar båter; dagar dager; djup dyp; drikkevatn drikkevann; eige eie; eigen egen;
eigne egne; einsam ensom; einsame ensomme; einsemd ensomhet; elevar elever; farleg farlig; farlege farlige; fjøre fjære;
flaum flom; fleirbrukshall flerbrukshall; fleire flere; fleirspråkleg flerspråklig; forureining forurensning; fotgjengar
fotgjenger; framand fremmed; framtid fremtid; framtida fremtiden; fritidstilbod fritidstilbud; funksjonshemma
funksjonshemmet; fyrst først; føresett foresatt; føresette foresatte; gamal gammel; gangveg gangvei; gard gård; gardar
gårder; gardsbutikk gårdsbutikk; gjere gjøre; grønsak grønnsak; grønsaker grønnsaker; gut gutt; gutar gutter; halde
holde; haldeplass holdeplass; haldeplassar holdeplasser; haust høst; hausten høsten; haustferie høstferie; heim hjem;
heimane hjemme; heime hjemme; heimehjelp hjemmehjelp; heimesida hjemmeside; heimeside hjemmeside; heimesjukepleie
hjemmesykepleie; heimeteneste hjemmetjeneste; heimlaus hjemløs; held holder; hol hull; hundar hunder; hòl hull; høg høy;
høge høye; høgskule høgskole; høyre høre; høyrer hører; ikkje ikke; innandørs innendørs; innbyggjar innbygger;
innbyggjarar innbyggere; innvandrar innvandrer; kjem kommer; kjærleik kjærlighet; kjøken kjøkken; kjøkenhage
kjøkkenhage; kollektivtilbod kollektivtilbud; kome komme; kvardag hverdag; kvardagen hverdagen; kveldar kvelder; kyrkje
kirke; kyrkjegard kirkegård; køyre kjøre; køyrer kjører; køyring kjøring; ladar lader; leiar leder; leige leie; leiing
ledelse; leik lek; leike leke; leikeplass lekeplass; leiker leker; leilegheit leilighet; leilegheiter leiligheter; ljos
lys; lokala lokalene; lysna lyse; låg lav; låge lave; lækjar lege; lærar lærer; lærarar lærere; løyve tillatelse;
marknad marked; medverke medvirke; medverknad medvirkning; meldingar meldinger; mjuk myk; mjølk melk; mogeleg mulig;
mogleg mulig; moglegheit mulighet; morgon morgen; morgonen morgenen; månad måned; månader måneder; møteplassar
møteplasser; naboar naboer; ope åpen; open åpen; opnar åpner; opne åpne; opningstid åpningstid; opningstider
åpningstider; overvatn overvann; påverke påvirke; rein ren; reinhald renhold; reint rent; rekkje rekke; rekkjer rekker;
rekning regning; rekningar regninger; rettleiar veileder; rettleiing veiledning; ringje ringe; rørslehemma
bevegelseshemmet; røyr rør; saman sammen; sein sen; seint sent; selje selge; sikkerheit sikkerhet; sikkerheita
sikkerhet; sjeldan sjelden; sjuk syk; sjuke syke; sjukeheim sykehjem; sjukehus sykehus; sjukepleiar sykepleier; sjå se;
skule skole; skulegard skolegård; skulemat skolemat; sommar sommer; sommaren sommeren; sommarferie sommerferie;
sommarjobb sommerjobb; spel spill; spelar spiller; spele spille; stengd stengt; stig sti; stigar stier; straum strøm;
straumen strømmen; stønad støtte; sykkelveg sykkelvei; sykla sykkel; syklar sykkel; sykle sykkel; sykler sykkel; syklet
sykkel; sykling sykkel; syklinga sykkel; syklingen sykkel; symje svømme; symjehall svømmehall; symjing svømming; søkje
søke; søknadar søknader; tannlækjar tannlege; tenest tjeneste; teneste tjeneste; tenester tjenester; tenkje tenke;
tidleg tidlig; tilbod tilbud; tilboda tilbudene; tilbodet tilbudet; tilgjenge tilgjengelighet; tilsett ansatt; tilsette
ansatte; tilskot tilskudd; timar timer; tjukk tykk; trafikktryggleik trafikksikkerhet; trong trang; tronge trange;
tryggleik trygghet; turveg turvei; ulukke ulykke; ulukker ulykker; ungdomar ungdommer; utandørs utendørs; utanfor
utenfor; vaksen voksen; vaksne voksne; vatn vann; vedlikehald vedlikehold; vedlikehalde vedlikeholde; veg vei; vegvisar
veiviser; veke uke; veker uker; verdiar verdier; vere være; verksemd virksomhet; ymse ulik; ynske ønske; åleine alene
"""

BOKMAL_OF = dict(entry.split() for entry in _BOKMAL_BY_NYNORSK.split(";"))
