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
    hvor kor korfor kem dem hvordan korleis hvorfor kvifor hvilken hvilke hvilket kvar hver hvert kvart slik sånn same
    samme både verken enten anten dersom derfor difor kanskje jo vel the a of and to in is trenger treng trengs ønsker
    ønskjer ønske
""")
# Words that say little of what a title is about.
SAYING_LITTLE = _words("""
    aldri alltid alt altfor blir enda endå fortsatt framleis før gang gangen ganger gongar heilt helt igjen kjem kom
    komme kommer langs langt manglar mangler nesten ofte rett snart stadig tid treng trenger verkar verre virker
""")
# Words with an ending that is none of grammar: “vikar” is not “vike”, nor the place Viker.
ENDING_OF_ITS_OWN = _words("basar demens dokumentar lager vikar")
# Short parts of compounds. Other short ones are for the most part an accident of letters.
SHORT_PARTS = _words("""
    kø le skur
    app arv lån ras råd
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
# What verbs and their nouns begin with: “utleige”, “omkøyring”.
BEFORE_VERBS = _words("an av be for fram gjennom inn ned om opp over på sam til under ut ved")
# Only words whose stems differ: what differs in the ending alone is the stemmer's work, and a compound is its parts.
_BOKMAL_BY_NYNORSK = """
arbeidslaus arbeidsløs; arbeidsstad arbeidssted; attbruk gjenbruk; attgrodd gjengrodd; attvinning gjenvinning; auka økt;
auke øke; aust øst; austre østre; avgjerd avgjørelse; avlasting avlastning; avløysar avløser; badestad badested; bebuar
beboer; bebuarar beboere; behaldar beholder; behaldarar beholdere; betre bedre; betring bedring; bilete bilde; boss
avfall; bossdunk avfallsdunk; botn bunn; brei bred; breidd bredde; breidde bredde; brot brudd; bru bro; brua broen;
bruer broer; busetjing bosetting; busette bosatte; busshaldeplass bussholdeplass; bustad bolig; byte bytte; bytedag
byttedag; båthamn båthavn; daud død; djup dyp; draum drøm; draumar drømmer; drikkevatn drikkevann; dyrehald dyrehold;
eigar eier; eige eie; eigedom eiendom; eigedommar eiendommer; eigedomsskatt eiendomsskatt; eigen egen; eigendom eiendom;
eigenskap egenskap; eigne egne; einebustad enebolig; einig enig; eining enhet; einingar enheter; einsam ensom; einsame
ensomme; einsemd ensomhet; einskild enkelt; einsleg enslig; feieing feiing; ferje ferge; fjøre fjære; flaum flom;
fleirbrukshall flerbrukshall; fleire flere; fleirspråkleg flerspråklig; folkerøysting folkeavstemning; forbod forbud;
foreining forening; forureina forurenset; forureining forurensning; framand fremmed; framtid fremtid; fridom frihet;
frukost frokost; fylgje følge; fyrst først; føremiddag formiddag; føresett foresatt; føresette foresatte; gamal gammel;
gangveg gangvei; gatenamn gatenavn; gjeit geit; golv gulv; gras gress; grasbane gressbane; grasklipping gressklipping;
greinene grenene; greiner grener; grønsak grønnsak; gut gutt; hald hold; halde holde; haldeplass holdeplass; hamn havn;
hamna havna; handsame behandle; handsaming behandling; haust høst; hauste høste; haustferie høstferie; hausting høsting;
heil hel; heilskap helhet; heilt helt; heilårs helårs; heim hjem; heimane hjemme; heime hjemme; heimehjelp hjemmehjelp;
heimeside hjemmeside; heimesjukepleie hjemmesykepleie; heimeteneste hjemmetjeneste; heimlaus hjemløs; held holder;
hengjar henger; hol hull; hòl hull; hovud hoved; hundehald hundehold; husdyrhald husdyrhold; høg høy; høgd høyde; høgde
høyde; høge høye; høgskule høgskole; høgspent høyspent; høyrde hørte; høyring høring; høyringssvar høringssvar; høyrsel
hørsel; høyrselshemma hørselshemmet; høyrsla hørselen; innandørs innendørs; innbyggjar innbygger; innbyggjarar
innbyggere; innhald innhold; innomhus innendørs; innspel innspill; islagd islagt; jamn jevn; jamt jevnt; jol jul; kjelde
kilde; kjeldesortering kildesortering; kjem kommer; kjend kjent; kjensle følelse; kjærleik kjærlighet; kjøken kjøkken;
kjøkenhage kjøkkenhage; kjøt kjøtt; kleda klærne; klede klær; klesbyte klesbytte; koma komme; kome komme; kunstgras
kunstgress; kunstgrasbane kunstgressbane; kval hval; kvardag hverdag; kvile hvile; kvilebenk hvilebenk; kvit hvit;
kyrkje kirke; kyrkjegard kirkegård; køyra kjøre; køyre kjøre; køyretøy kjøretøy; køyring kjøring; laurdag lørdag; laus
løs; lauv løv; lauvtre løvtre; leiar leder; leidning ledning; leige leie; leigebuar leieboer; leigebuarar leieboere;
leiing ledelse; leik lek; leike leke; leikeplass lekeplass; leilegheit leilighet; leite lete; ljos lys; lysna lyse;
lækjar lege; lærarar lærere; løn lønn; lønsemd lønnsomhet; løyse løse; løysing løsning; løyve tillatelse; låg lav;
marknad marked; medverke medvirke; medverknad medvirkning; meine mene; meining mening; merksemd oppmerksomhet; mjuk myk;
mjøl mel; mjølk melk; mogeleg mulig; mogleg mulig; moglegheit mulighet; morgon morgen; morgonen morgenen; møtestad
møtested; månad måned; månadleg månedlig; namn navn; naud nød; naudsynt nødvendig; naudutgang nødutgang; nemne nevne;
nyheit nyhet; open åpen; opne åpne; opningstid åpningstid; opphald opphold; opphaldsrom oppholdsrom; oppkøyrd oppkjørt;
oppleving opplevelse; overvatn overvann; påverke påvirke; raud rød; redsle redsel; rein ren; reinhald renhold; reinse
rense; reinsing rensing; reint rent; reiskap redskap; rekne regne; rekning regning; rettleiar veileder; rettleiing
veiledning; rundkøyring rundkjøring; rydje rydde; rørsle bevegelse; rørslehemma bevegelseshemmet; røyr rør; røyrbrot
rørbrudd; røyst stemme; røyste stemme; røysting avstemning; sakshandsamar saksbehandler; sakshandsamingstid
saksbehandlingstid; saman sammen; samspel samspill; sanning sannhet; sein sen; seint sent; selje selge; setje sette;
sitje sitte; sjeldan sjelden; sju syv; sjuk syk; sjukdom sykdom; sjukdommar sykdommer; sjukeheim sykehjem; sjukehus
sykehus; sjukepleiar sykepleier; sjukmelde sykmeldte; sjå se; skeisebane skøytebane; skeiser skøyter; skilje skille;
skiten skitten; skot skudd; skugge skygge; skule skole; skulegard skolegård; skulemat skolemat; slepp slipp; sleppe
slippe; snigel snegl; sniglar snegler; sommaren sommeren; sommarferie sommerferie; sommarjobb sommerjobb; song sang;
spel spill; spele spille; sprenging sprengning; spørje spørre; stad sted; stadnamn stedsnavn; stengd stengt; stig sti;
stigar stier; straum strøm; straumbrot strømbrudd; straumen strømmen; straumleidning strømledning; stønad støtte; sundag
søndag; sykkelveg sykkelvei; sykle sykkel; sykling sykkel; symja svømme; symjehall svømmehall; symjing svømming; syskjen
søsken; sysselsetjing sysselsetting; syster søster; tal tall; tannlækjar tannlege; teieplikt taushetsplikt; teikn tegn;
teikne tegne; teikning tegning; telje telle; tenest tjeneste; teneste tjeneste; tettstad tettsted; tilbod tilbud;
tilhaldsstad tilholdssted; tilhøyrar tilhører; tilkomst adkomst; tilsette ansatte; tilskot tilskudd; tjukk tykk; tjuv
tyv; tjuveri tyveri; tjørn tjern; trafikktryggleik trafikksikkerhet; tretti tredve; trong trang; tryggleik trygghet;
trådlaus trådløs; tunghøyrd tunghørt; turr tørr; turveg turvei; tysdag tirsdag; ueinig uenig; ugras ugress; ulikskap
ulikhet; ulukke ulykke; umogleg umulig; ungdomar ungdommer; ureina forurenset; ureining forurensning; utandørs utendørs;
utanfor utenfor; utleigebustad utleiebolig; utomhus utendørs; utryggleik utrygghet; utval utvalg; vaksen voksen; vaksne
voksne; val valg; vald vold; varsel varsle; vass vann; vassforsyning vannforsyning; vasskjelde vannkilde; vassleidning
vannledning; vassmålar vannmåler; vassrøyr vannrør; vassverk vannverk; vatn vann; vatne vanne; vatning vanning;
vatningsforbod vanningsforbud; vedlikehald vedlikehold; veg vei; vegnamn veinavn; vegvisar veiviser; vegvising
veivisning; veke uke; vekentleg ukentlig; veker uker; veljar velger; veljarar velgere; velje velge; ven venn; vêr vær;
verksemd virksomhet; verkstad verksted; vindauge vindu; ymse ulik; øydelagde ødelagte; øydelagt ødelagt; øydelegging
ødeleggelse; øydeleggje ødelegge; åleine alene; åtkomst adkomst; åtvare advare; åtvaring advarsel
"""

BOKMAL_OF = dict(entry.split() for entry in _BOKMAL_BY_NYNORSK.split(";"))
